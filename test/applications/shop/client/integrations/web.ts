import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { authorize, Http } from '../http';
import type { Integration } from '../integration';
import { pause } from '../wait';

export const openapi: Integration = {
  name: 'OpenAPI document, with the CLI plugin',
  packages: ['@nestjs/swagger'],
  tried: 'the whole document, and its page',
  experiments: [],
  async play(record) {
    const http = new Http(record);
    await http.get('/docs/json');
    await http.get('/docs');
  },
};

export const http: Integration = {
  name: 'REST: relations, validation, serialisation groups, pipes, filters, interceptors, versions',
  packages: ['@nestjs/platform-express', 'class-transformer', 'class-validator', '@nestjs/typeorm', 'typeorm'],
  tried: 'create, search, read, change and remove; groups of two roles; headers; 200, 201, 204, 400, 403, 404, 500',
  experiments: ['products', 'price-pipe', 'handled-by-interceptor', 'problem-filter'],
  async play(record) {
    const http = new Http(record);
    const products = '/api/v1/products';
    const lamp = { name: 'Lamp', price: 12.5, cost: 4, categories: [{ name: 'light' }, { name: 'home' }] };
    await http.post(products, lamp);
    await http.post(products, { name: 'Désk ✓', price: 150, cost: 80, categories: [{ name: 'home' }] });
    await http.post(products, { ...lamp, name: 'Pen', price: 2.25, categories: [] });
    await http.post(products, { name: 'x', price: -1, categories: [{ name: '' }, {}] });
    await http.post(products, '{"broken', { 'content-type': 'application/json' });
    await http.get(products);
    await http.get(`${products}?search=%C3%89S&limit=1`);
    await http.get(`${products}?page=2&limit=2`);
    await http.get(`${products}?page=0`);
    await http.get(`${products}/internal`, await authorize('ada@example.com'));
    await http.get(`${products}/internal`, await authorize('bob@example.com'));
    const first = await http.get(`${products}/1`);
    const etag = first.headers.find((line) => line.startsWith('ETag: '))?.slice('ETag: '.length) ?? '';
    await http.get(`${products}/1`, { 'if-none-match': etag });
    await http.send('HEAD', `${products}/1`);
    await http.get(`${products}/abc`);
    await http.get(`${products}/99`);
    await http.send('PATCH', `${products}/1`, { body: { price: 13 } });
    await http.send('PATCH', `${products}/99`, { body: { price: 13 } });
    await http.get(`${products}/cheap?below=5`);
    await http.get(`${products}/cheap?below=five`);
    await http.get(`${products}/echo?a=1`, { 'accept-language': 'de' });
    await http.get(`${products}/broken`);
    await http.post(products, { ...lamp, name: 'Gone' });
    await http.send('DELETE', `${products}/4`);
    await http.send('DELETE', `${products}/4`);
  },
};

export const cache: Integration = {
  name: 'Cache',
  packages: ['@nestjs/cache-manager', 'cache-manager'],
  tried: 'an answer that is read once, and then comes from the cache',
  experiments: ['products.popular'],
  async play(record) {
    const http = new Http(record);
    for (let asked = 0; asked < 3; asked++) await http.get('/api/v1/products/popular');
    await http.get('/api/v1/products/popular?search=e');
  },
};

export const throttler: Integration = {
  name: 'Throttler',
  packages: ['@nestjs/throttler'],
  tried: 'the limit in headers, and 429 behind it',
  experiments: ['products.scarce'],
  async play(record) {
    const http = new Http(record);
    for (let asked = 0; asked < 4; asked++) await http.get('/api/v1/products/scarce');
  },
};

export const files: Integration = {
  name: 'Files',
  packages: ['@nestjs/platform-express'],
  tried: 'an upload, downloads as stream and as bytes, an answer by @Res()',
  experiments: ['files'],
  async play(record) {
    const http = new Http(record);
    const part = '--edge\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n\u0001bytes\r\n--edge--\r\n';
    await http.post('/api/v1/files', part, { 'content-type': 'multipart/form-data; boundary=edge' });
    await http.post('/api/v1/files', '--edge--\r\n', { 'content-type': 'multipart/form-data; boundary=edge' });
    for (const path of ['lines/5000', 'lines/0', 'bytes', 'raw']) await http.get(`/api/v1/files/${path}`);
  },
};

export const sse: Integration = {
  name: 'Server-sent events',
  packages: ['@nestjs/common'],
  tried: 'a stream to its end, and one that fails',
  experiments: ['live'],
  async play(record) {
    const http = new Http(record);
    await http.get('/api/v1/live/numbers/10');
    await http.get('/api/v1/live/failing');
  },
};

export const graphql: Integration = {
  name: 'GraphQL (Apollo), subscriptions over graphql-ws',
  packages: ['@nestjs/graphql', '@nestjs/apollo', '@apollo/server', 'graphql-ws', 'dataloader'],
  tried: 'schema, queries, field resolvers with a DataLoader, a guarded mutation, a filtered subscription, errors',
  experiments: ['catalog', 'categories-loader'],
  async play(record, { ports }) {
    const http = new Http(record);
    const ask = (query: string, headers = {}) => http.post('/graphql', { query }, headers);
    await ask('{ __schema { types { name fields { name type { name kind } args { name } } } } }');
    await ask('{ products(limit: 2) { total items { id name price categories { name } categoryNames seenBy } } }');
    await ask('{ a: product(id: 1) { name categoryNames } b: product(id: 2) { categoryNames } c: product(id: 99) { name } }');
    await ask('{ product { name } }');
    await ask('mutation { addProduct(product: { name: "Cup", price: 3 }) { id } }');

    const client = createClient({ url: `ws://127.0.0.1:${ports.http}/graphql`, webSocketImpl: WebSocket });
    const heard: unknown[] = [];
    const query = 'subscription { productAdded(above: 5) { id name price categoryNames } }';
    client.subscribe(
      { query },
      { next: (one) => heard.push(one), error: (error) => heard.push(error), complete: () => undefined },
    );
    await pause(300);
    const admin = await authorize('ada@example.com');
    for (const price of [1, 6, 4, 9]) {
      await ask(`mutation { addProduct(product: { name: "Cup ${price}", price: ${price} }) { id name price } }`, admin);
    }
    await ask('mutation { addProduct(product: { name: "", price: -2 }) { id } }', admin);
    await pause(300);
    record('messages of the subscription', heard);
    await client.dispose();
  },
};
