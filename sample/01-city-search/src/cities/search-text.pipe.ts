import { BadRequestException, Injectable, type PipeTransform } from '@nestjs/common';

/** Gives the text to search for. Pipes run before the experiment: control and candidate both get what has passed. */
@Injectable()
export class SearchTextPipe implements PipeTransform<unknown, string> {
  transform(text: unknown): string {
    if (typeof text === 'string') return text;
    throw new BadRequestException('Say once what the name of the city starts with, as in /cities?q=san');
  }
}
