import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** What is built before the sample can run. */
const STEPS = [
  ['Building the library and its page …', ['npm', 'run', '--silent', 'build']],
  ['Building the sample …', ['npx', 'tsc', '-p', 'sample/01-city-search']],
];

/** Builds what the sample needs, says so, and runs the sample in this process, so that signals reach it. */
for (const [text, [command, ...args]] of STEPS) {
  console.log(text);
  await build(command, args);
}
await import('./01-city-search/dist/main.js');

/** Ends this process if the step fails, or if it is told to stop meanwhile. */
async function build(command, args) {
  const child = spawn(command, args, { stdio: 'inherit', shell: process.platform === 'win32' });
  const stop = (signal) => child.kill(signal);
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, stop);
  const [code] = await once(child, 'exit'); // null if a signal has ended it
  for (const name of ['SIGINT', 'SIGTERM']) process.off(name, stop);
  if (code !== 0) process.exit(code ?? 1);
}
