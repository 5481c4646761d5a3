// Sends a file by tus-js-client over a line that is cut again and again.
//
//   {"do": "send", "origin": URL, "token": TEXT, "file": PATH, "metadata": {NAME: TEXT}, "cuts": [BYTES],
//    "chunk": BYTES or absent}
//     -> {"upload": URL, "evidence": PATH, "cuts": NUMBER, "tries": NUMBER}
//
// After each of these many bytes the line is cut, whatever is on it; then it stands again.
import {createReadStream} from 'node:fs';
import {createServer, connect} from 'node:net';
import * as tus from 'tus-js-client';
import {serve} from './lines.mjs';

await serve({send});

async function send({origin, token, file, metadata, cuts, chunk}) {
  const target = new URL(origin);
  const waiting = [...cuts];
  let passed = 0;
  let cut = 0;
  const line = createServer(near => {
    const far = connect({host: target.hostname, port: target.port});
    const end = () => { near.destroy(); far.destroy(); };
    near.on('data', bytes => {
      passed += bytes.length;
      if(waiting.length > 0 && passed >= waiting[0]) {
        waiting.shift();
        passed = 0;
        cut += 1;
        end();
        return;
      }
      if(!far.write(bytes)) {
        near.pause();
        far.once('drain', () => near.resume());
      }
    });
    far.on('data', bytes => near.write(bytes));
    for(const side of [near, far]) {
      side.on('error', end);
      side.on('close', end);
    }
  });
  await new Promise(resolve => line.listen(0, '127.0.0.1', resolve));
  let tries = 0;
  let evidence = null;
  try {
    const upload = await new Promise((resolve, reject) => {
      const upload = new tus.Upload(createReadStream(file), {
        endpoint: `http://127.0.0.1:${line.address().port}/api/v1/uploads`,
        headers: {authorization: `Bearer ${token}`},
        retryDelays: Array(20).fill(200),
        chunkSize: chunk ?? Infinity,
        metadata,
        onBeforeRequest: () => { tries += 1; },
        onAfterResponse: (_request, response) => {
          evidence = response.getHeader('content-location') ?? evidence;
        },
        onSuccess: () => resolve(upload),
        onError: reject
      });
      upload.start();
    });
    return {upload: upload.url, evidence, cuts: cut, tries};
  } finally {
    line.close();
  }
}
