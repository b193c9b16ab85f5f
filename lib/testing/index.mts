// See ../index.mts.
import '@nestjs/common';
import '@nestjs/core';

export * from './index.js';
