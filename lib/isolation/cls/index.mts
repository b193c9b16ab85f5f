// See ../../index.mts. It is nestjs-cls that requires them.
import '@nestjs/common';
import '@nestjs/core';

export * from './index.js';
