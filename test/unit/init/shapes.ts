/** Files of applications, as people write them. */
export const MAIN = `import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module';

async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  await app.listen(process.env.PORT ?? 3000);
}
bootstrap();
`;

export const CONTROLLER = `import { Controller, Get } from '@nestjs/common';
import { AppService } from './app.service';

@Controller()
export class AppController {
  constructor(private readonly appService: AppService) {}

  @Get()
  getHello(): string {
    return this.appService.getHello();
  }
}
`;

export const MODULE = `import { Module } from '@nestjs/common';
import { AppController } from './app.controller';

@Module({
  imports: [],
  controllers: [AppController],
})
export class AppModule {}
`;

/** Makes a module of its imports and of what stands before it. */
export function moduleWith(imports: string, before = ''): string {
  return `import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
${before}
@Module({
  imports: ${imports},
})
export class AppModule {}
`;
}

/** Files of a project, of which some are given. */
export function projectOf(files: Record<string, string>): Record<string, string> {
  return {
    'package.json': JSON.stringify({ dependencies: { typeorm: '1', pg: '8' } }),
    'nest-cli.json': JSON.stringify({ sourceRoot: 'src' }),
    'src/main.ts': MAIN,
    'src/app.module.ts': MODULE,
    'src/app.controller.ts': CONTROLLER,
    ...files,
  };
}

const FOR_ROOT = `[TypeOrmModule.forRoot({ type: 'postgres', url: 'postgres://localhost/app', autoLoadEntities: true })]`;

/** Applications whose module, data source and method are known. Each is formatted before it is used. */
export const SHAPES: Readonly<Record<string, Record<string, string>>> = {
  'of nest new': {},
  'with TypeOrmModule.forRoot': { 'src/app.module.ts': moduleWith(FOR_ROOT) },
  'with migrations of its own': {
    'src/app.module.ts': moduleWith(
      `[TypeOrmModule.forRoot({ type: 'mysql', entities: [User], migrations: [First, Second], migrationsRun: false }), UserModule]`,
    ),
  },
  'with forRootAsync and a factory': {
    'src/app.module.ts': moduleWith(`[
      TypeOrmModule.forRootAsync({
        inject: [ConfigService],
        useFactory: (config: ConfigService) => ({
          type: 'postgres',
          url: config.getOrThrow('DATABASE_URL'), // of the environment
          autoLoadEntities: true, // all of them
        }),
      }),
    ]`),
  },
  'with forRootAsync and a factory with a body': {
    'src/app.module.ts': moduleWith(`[
      TypeOrmModule.forRootAsync({
        async useFactory() {
          const url = await address();
          return { type: 'postgres', url, entities: [] };
        },
      }),
    ]`),
  },
  'with forRootAsync and a class in another file': {
    'src/app.module.ts': moduleWith(
      `[TypeOrmModule.forRootAsync({ useClass: DatabaseConfig })]`,
      `import { DatabaseConfig } from './config/database.config';`,
    ),
    'src/config/database.config.ts': `import { Injectable } from '@nestjs/common';
      @Injectable()
      export class DatabaseConfig implements TypeOrmOptionsFactory {
        createTypeOrmOptions(): TypeOrmModuleOptions {
          return { type: 'mariadb', host: 'localhost', autoLoadEntities: true, synchronize: true };
        }
      }`,
  },
  'with options in another file, which the command uses too': {
    'src/app.module.ts': moduleWith(`[TypeOrmModule.forRoot(options)]`, `import { options } from './data-source';`),
    'src/data-source.ts': `import { DataSource, DataSourceOptions } from 'typeorm';
      export const options: DataSourceOptions = {
        type: 'postgres',
        entities: [__dirname + '/**/*.entity.js'],
        migrations: [__dirname + '/migrations/*.js'],
      };
      export default new DataSource(options);`,
  },
  'with a data source of the command beside it': {
    'src/app.module.ts': moduleWith(FOR_ROOT),
    'ormconfig.ts': `import { DataSource } from 'typeorm';
      export default new DataSource({ type: 'postgres', entities: ['dist/**/*.entity.js'], migrations: ['dist/migrations/*.js'] });`,
  },
  'with imports in a constant': {
    'src/app.module.ts': `import { Module } from '@nestjs/common';
      import { ConfigModule } from '@nestjs/config';
      const imports = [ConfigModule.forRoot()];
      if (process.env.DEBUG) imports.push(DebugModule);
      @Module({ imports, controllers: [] })
      export class AppModule {}`,
  },
  'with imports that are made': {
    'src/app.module.ts': `import { Module } from '@nestjs/common';
      @Module({ imports: featuresOf(process.env).filter(Boolean), providers: [] })
      export class AppModule {}`,
  },
  'with metadata in a constant': {
    'src/app.module.ts': `import { Module } from '@nestjs/common';
      export const metadata = { controllers: [AppController] };
      @Module(metadata)
      export class AppModule {}`,
  },
  'without imports': {
    'src/app.module.ts': `import { Module } from '@nestjs/common';
      @Module({})
      export class AppModule { static register() { return { module: AppModule }; } }`,
    'src/main.ts': MAIN.replace('AppModule)', 'AppModule.register())'),
  },
  'with a comment in its imports': {
    'src/app.module.ts': `import { Module } from '@nestjs/common';
      @Module({
        imports: [
          // none yet
        ],
        controllers: [], // none either
      })
      export class AppModule {}`,
  },
  'with the module of another name, in a folder': {
    'src/main.ts': `import { NestFactory } from '@nestjs/core';
      import { ShopModule } from './shop/shop.module';
      void NestFactory.create<NestExpressApplication>(ShopModule, { bufferLogs: true }).then((app) => app.listen(3000));`,
    'src/shop/shop.module.ts': MODULE.replace('AppModule', 'ShopModule').replace('./app', '../app'),
    'src/app.module.ts': '',
  },
  'with its data source in a module of its own, with a name': {
    'src/database/database.module.ts': moduleWith(
      `[
        TypeOrmModule.forRoot({
 type: 'postgres', name: 'main', autoLoadEntities: true, url: 'postgres://localhost/app' })]`,
    ).replace('AppModule', 'DatabaseModule'),
  },
  'with methods that don’t fit before one that does': {
    'src/app.controller.ts': `import { Controller, Get, Post, Query, Res, Sse } from '@nestjs/common';
      @Controller('cities')
      export class CitiesController {
        @Post() add(@Body() city: City) { return city; }
        @Get('raw') raw(@Res() response: Response) { response.end(); }
        @Sse('events') events() { return of({ data: 1 }); }
        @Get('hidden') private hidden() { return 1; }
        @Get('found')
        @Header('Cache-Control', 'none')
        async search(
          @Query('q', new DefaultValuePipe('')) q: string,
          @Query('limit', new ParseIntPipe({ optional: true })) limit = 10,
        ): Promise<City[]> {
          return this.cities.search(q, limit);
        }
        searchV2() { return 1; }
      }`,
  },
};
