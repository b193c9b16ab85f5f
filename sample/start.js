import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** What is built before the sample can run. */
const STEPS = [
  ['Building the library and its page …', ['npm', 'run', '--silent', 'build']],
  ['Building the sample …', ['npx', 'tsc', '-p', 'sample/01-city-search']],
];

/** Builds what the sample needs, says so, and runs the sample in this process. */
async function main() {
  stopWithParent();
  for (const [text, [command, ...args]] of STEPS) {
    console.log(text);
    await build(command, args);
  }
  await import('./01-city-search/dist/main.js');
}

/** Stops this process when its parent has gone: a signal to npm ends npm's shell, which passes none on. */
function stopWithParent() {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, 200);
  timer.unref();
}

/** Ends this process if the step fails, or if it is told to stop meanwhile. */
async function build(command, args) {
  const child = spawn(command, args, { stdio: 'inherit', shell: process.platform === 'win32' });
  const stop = (signal) => child.kill(signal);
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, stop);
  const [code] = await once(child, 'exit'); // null if a signal has ended it
  for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, stop);
  if (code !== 0) process.exit(code ?? 1);
}

await main();
