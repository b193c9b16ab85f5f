import { authorize, Http } from '../http';
import type { Integration } from '../integration';

const PASSWORD = 'correct horse';

export const auth: Integration = {
  name: 'Passport, JWT, roles, nestjs-cls',
  packages: ['@nestjs/passport', '@nestjs/jwt', 'nestjs-cls'],
  tried: 'registration, login, guards, strategies, parameter decorators, the store of the request; 400, 401, 403, 409',
  experiments: ['users', 'auth', 'jwt-strategy', 'roles-guard', 'request-id-middleware'],
  async play(record) {
    const http = new Http(record);
    await http.post('/api/v1/users', { email: 'ada@example.com', password: PASSWORD, role: 'admin' });
    await http.post('/api/v1/users', { email: 'bob@example.com', password: PASSWORD, unknown: 'property' });
    await http.post('/api/v1/users', { email: 'bob@example.com', password: PASSWORD });
    await http.post('/api/v1/auth/login', { email: 'bob@example.com', password: 'wrong' });
    await http.post('/api/v1/auth/login', { email: 'bob@example.com', password: PASSWORD });
    await http.get('/api/v1/auth/me');
    await http.get('/api/v1/auth/me', { authorization: 'Bearer nonsense' });
    const [admin, customer] = [await authorize('ada@example.com'), await authorize('bob@example.com')];
    await http.get('/api/v1/auth/me', customer);
    await http.get('/api/v1/users', customer);
    await http.get('/api/v1/users', admin);
  },
};

export const i18n: Integration = {
  name: 'nestjs-i18n',
  packages: ['nestjs-i18n', 'class-validator'],
  tried: 'answers, problems and messages of validation in two languages, by header and query',
  experiments: ['products.greeting', 'problem-filter'],
  async play(record) {
    const http = new Http(record);
    for (const language of ['en', 'de', 'fr']) {
      const headers = { 'accept-language': language };
      await http.get('/api/v1/products/greeting', headers);
      await http.get('/api/v1/nowhere', headers);
      await http.post('/api/v1/users', { email: 'nobody', password: 'short' }, headers);
    }
    await http.get('/api/v1/products/greeting?lang=de&name=Eva');
  },
};
