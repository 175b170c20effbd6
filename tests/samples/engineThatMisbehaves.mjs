// An engine for the supervisor's tests: it answers by the wire, and can be told to hang or to die in the middle of a job.
const open = [];
process.on('message', async ({ kind, id, name, asked }) => {
  if (kind !== 'ask') return;
  const answer = (value) => process.send({ kind: 'answer', id, answer: { ok: true, value } });
  if (name === 'engine/openFolder' || name === 'engine/openNetwork') {
    open.push(asked.path);
    answer(name === 'engine/openNetwork' ? { id: `network of ${asked.path}` } : { studies: [] });
  } else if (name === 'engine/status') answer({ pid: process.pid, open });
  else if (name === 'engine/cancelJob') answer({});
  else if (name === 'engine/startJob') {
    answer({ jobId: `job-${asked.out}` });
    // Only when the event is out does it die, or hang as a native call that does not come back: it then hears nothing any more.
    process.send(
      { kind: 'tell', stream: 'engine/jobEvents', event: { kind: 'queued', jobId: `job-${asked.out}` } },
      () => {
        if (asked.out === 'die') process.kill(process.pid, 'SIGKILL');
        if (asked.out === 'hang') for (;;);
      },
    );
  }
});
process.once('disconnect', () => process.exit(0));
process.send({ kind: 'ready', socket: `socket of ${process.pid}` });
