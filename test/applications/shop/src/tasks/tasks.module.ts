import { Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { TasksController } from './tasks.controller';
import { TasksService } from './tasks.service';

@Module({ imports: [ScheduleModule.forRoot()], controllers: [TasksController], providers: [TasksService] })
export class TasksModule {}
