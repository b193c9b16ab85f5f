import { authorize, request } from '../http';
import type { Integration } from '../integration';

const PATHS = [
  '/api/v1/products',
  '/api/v1/products/1',
  '/api/v1/products/99',
  '/api/v1/products/greeting?lang=de',
  '/api/v1/auth/me',
  '/api/v1/files/lines/50',
  '/api/v1/live/numbers/3',
];

const EACH = 15;

export const crowd: Integration = {
  name: 'Many requests at once',
  packages: ['@nestjs/core'],
  tried: `${PATHS.length * EACH} requests of seven kinds at the same time, each with its own id`,
  experiments: ['products', 'auth', 'files', 'live'],
  async play(record) {
    const headers = await authorize('bob@example.com');
    const paths = Array.from({ length: PATHS.length * EACH }, (_, index) => PATHS[index % PATHS.length] ?? '');
    const answers = await Promise.all(
      paths.map((path, index) => request(path, { headers: { ...headers, 'x-request-id': `crowd-${index}` } })),
    );
    answers.forEach((answer, index) => record(`${index} ${paths[index]}`, answer));
  },
};
