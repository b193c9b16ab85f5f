import {
  BadRequestException,
  Controller,
  Get,
  Param,
  ParseIntPipe,
  Post,
  Res,
  StreamableFile,
  UploadedFile,
  UseInterceptors,
} from '@nestjs/common';
import { FileInterceptor } from '@nestjs/platform-express';
import { ApiConsumes, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { Tried } from '../experiments/tried';

@ApiTags('files')
@Controller({ path: 'files', version: '1' })
export class FilesController {
  @Post()
  @ApiConsumes('multipart/form-data')
  @UseInterceptors(FileInterceptor('file'))
  @Tried('files.upload', { reads: true })
  upload(@UploadedFile() file: Express.Multer.File | undefined): { name: string; size: number; sha256: string } {
    if (file === undefined) throw new BadRequestException('no file');
    const { originalname, size, buffer } = file;
    return { name: originalname, size, sha256: createHash('sha256').update(buffer).digest('hex') };
  }

  /** Sends a stream of so many lines. */
  @Get('lines/:count')
  @Tried('files.lines', { reads: true })
  lines(@Param('count', ParseIntPipe) count: number): StreamableFile {
    const lines = Array.from({ length: count }, (_, index) => `line ${index}\n`);
    return new StreamableFile(Readable.from(lines), { type: 'text/plain', disposition: 'attachment; filename="lines.txt"' });
  }

  @Get('bytes')
  @Tried('files.bytes', { reads: true })
  bytes(): StreamableFile {
    return new StreamableFile(Buffer.from([0, 1, 2, 254, 255]));
  }

  /** Writes the answer itself, with what another method gives, which is an experiment. */
  @Get('raw')
  raw(@Res() response: Response): void {
    response.type('application/octet-stream').send(Buffer.from(this.content()));
  }

  @Tried('files.content', { reads: true })
  content(): string {
    return 'raw content';
  }
}
