import { Module, type MiddlewareConsumer, type NestModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { StudiesModule } from 'nestjs-studies';
import { CitiesController } from './cities/cities.controller.js';
import { CITIES, loadCities } from './cities/city.js';
import { CityIndex } from './cities/city.index.js';
import { CityScan } from './cities/city.scan.js';
import { databaseOptions } from './database.options.js';
import { LiveModule } from './live/live.module.js';
import { TallyMiddleware } from './live/tally.middleware.js';
import { TallyPublisher } from './live/tally.publisher.js';
import { OutcomesController } from './outcomes/outcomes.controller.js';

/** The application: a search over the world's cities, and three routes that show how experiments can end. */
@Module({
  imports: [
    TypeOrmModule.forRootAsync({ useFactory: () => databaseOptions() }),
    StudiesModule.forRoot({
      imports: [LiveModule],
      publisher: TallyPublisher,
      // Whoever reaches the administration decides what runs in production, so a real application names guards here:
      // `admin: { guards: [AdminGuard] }`. This one listens on 127.0.0.1 alone, where nobody is but you.
      admin: { public: true },
    }),
    LiveModule,
  ],
  controllers: [CitiesController, OutcomesController],
  providers: [{ provide: CITIES, useFactory: loadCities }, CityScan, CityIndex],
})
export class AppModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(TallyMiddleware).forRoutes(CitiesController);
  }
}
