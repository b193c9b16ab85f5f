/**
 * Disks of a test's own that are small, so that they are really full: file systems in memory, which only root may mount. A process of
 * its own keeps each mounted for as long as this one lives, however it ends.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, rmdirSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const KEEPER = 'mount -t tmpfs -o "$1" tmpfs "$2" || exit 1; echo mounted; read -r _; umount -l "$2"';
const BLOCKS = [Buffer.alloc(1 << 20), Buffer.alloc(1 << 10), Buffer.alloc(1)];

export class SmallDisk {
  #keeper;

  /** @param options of a tmpfs, such as its size and whose it is */
  static async mount(directory, options) {
    mkdirSync(directory, { recursive: true });
    const disk = new SmallDisk();
    disk.directory = directory;
    const keeper = spawn('sh', ['-c', KEEPER, 'sh', options, directory], { detached: true });
    disk.#keeper = keeper;
    const said = text(keeper.stderr);
    const failed = once(keeper, 'close').then(async () => {
      throw new Error((await said).split('\n')[0].replace(/\.$/, ''));
    });
    failed.catch(() => undefined);
    await Promise.race([once(keeper.stdout, 'data'), failed]);
    return disk;
  }

  /** Leaves no byte to anybody. */
  fill() {
    const ballast = openSync(join(this.directory, 'ballast'), 'a');
    try {
      for (const block of BLOCKS) writeAll(ballast, block);
    } finally {
      closeSync(ballast);
    }
  }

  /** Gives back what was filled. */
  free() {
    rmSync(join(this.directory, 'ballast'), { force: true });
  }

  async unmount() {
    const ended = once(this.#keeper, 'exit');
    this.#keeper.stdin.end();
    await ended;
  }
}

/** Why no disk can be mounted here; undefined where one can. */
export async function whyNoSmallDisk() {
  const directory = mkdtempSync(join(tmpdir(), 'studies-disk-'));
  try {
    const disk = await SmallDisk.mount(directory, 'size=1m');
    await disk.unmount();
    return undefined;
  } catch (error) {
    return `no tmpfs can be mounted (${error.message})`;
  } finally {
    rmdirSync(directory);
  }
}

function writeAll(file, block) {
  try {
    for (;;) writeSync(file, block);
  } catch (error) {
    if (error.code !== 'ENOSPC') throw error;
  }
}
