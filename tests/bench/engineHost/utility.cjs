// Electron's side of the measurement: the same work in a utility process, its end told on standard output.
const { app, utilityProcess } = require('electron');
const path = require('node:path');

app.whenReady().then(() => {
  let said = 'nothing';
  const child = utilityProcess.fork(path.join(__dirname, 'allocate.cjs'), [process.env.BENCH_GIGABYTES]);
  child.on('message', (message) => (said = message));
  child.on('exit', (code) => {
    process.stdout.write(`RESULT ${said}, exit ${code}\n`);
    app.exit(0);
  });
});
