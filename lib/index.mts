// `import` gets the same CommonJS modules as `require`. But where Nest is ESM, CommonJS can't require it while it is being imported, as by
// `Promise.all([import('@nestjs/common'), import('nestjs-studies')])`. So what they require is imported first.
import '@nestjs/common';
import '@nestjs/core';

export * from './index.js';
