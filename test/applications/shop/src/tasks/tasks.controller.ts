import { Controller, Post } from '@nestjs/common';
import { TasksService } from './tasks.service';

@Controller({ path: 'tasks', version: '1' })
export class TasksController {
  constructor(private readonly tasks: TasksService) {}

  @Post('closing')
  runClosing(): Promise<void> {
    return this.tasks.runClosing();
  }
}
