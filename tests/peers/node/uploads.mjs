// Opens what was uploaded in Chromium, in every way in which it might run, and says whether anything did.
//
//   {"do": "open", "origin": URL, "token": TEXT, "chromium": NAME, "paths": [PATH]}
//     -> {"ran": [TEXT], "opened": NUMBER, "pictures": NUMBER, "control": BOOL}
import {execFileSync} from 'node:child_process';
import {createServer} from 'node:http';
import {chromium} from 'playwright-core';
import {serve} from './lines.mjs';

const QUIET = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'
];
const WAYS = {
  frame: url => `<iframe src="${url}"></iframe>`,
  open: url => `<iframe srcdoc="<meta http-equiv='refresh' content='0;url=${url}'>"></iframe>`,
  object: url => `<object data="${url}" type="text/html"></object>`,
  embed: url => `<embed src="${url}" type="image/svg+xml">`,
  picture: url => `<img src="${url}">`,
  script: url => `<script src="${url}"></script>`
};

await serve({open});

async function open({origin, token, chromium: name, paths}) {
  const ran = [];
  let opened = 0;
  let pictures = 0;
  let page = '';
  const hostile = createServer((request, response) => {
    if(request.url === '/ran') {
      ran.push('a request to the hostile page');
    }
    response.setHeader('content-type', 'text/html');
    response.end(page);
  });
  await new Promise(resolve => hostile.listen(0, '127.0.0.1', resolve));
  const home = `http://127.0.0.1:${hostile.address().port}/`;
  const browser = await chromium.launch({
    executablePath: execFileSync('which', [name], {encoding: 'utf8'}).trim(), args: QUIET, headless: true
  });
  try {
    const context = await browser.newContext({extraHTTPHeaders: {authorization: `Bearer ${token}`}});
    const look = async (what, go) => {
      const tab = await context.newPage();
      tab.on('dialog', dialog => { ran.push(`${what}: a dialog`); dialog.dismiss(); });
      tab.on('request', request => {
        if(new URL(request.url()).pathname === '/ran') {
          ran.push(`${what}: a request`);
        }
      });
      // What is saved instead of shown ends the way to it.
      await go(tab).catch(error => {
        if(!/Download|ERR_ABORTED|ERR_BLOCKED/.test(error.message)) {
          throw error;
        }
      });
      await tab.waitForTimeout(150);
      if(await tab.title().catch(() => '') === 'ran' || await tab.evaluate(() => window.heard).catch(() => false)) {
        ran.push(`${what}: it ran`);
      }
      pictures += await tab.evaluate(() => {
        const isPicture = document.contentType.startsWith('image/');
        return isPicture && document.images[0]?.naturalWidth > 0 ? 1 : 0;
      }).catch(() => 0);
      opened += 1;
      await tab.close();
    };
    const listen = '<script>addEventListener("message", event => { window.heard = event.data === "ran"; })</script>';
    for(const path of paths) {
      await look(`${path} by itself`, tab => tab.goto(origin + path));
      for(const [way, write] of Object.entries(WAYS)) {
        await look(`${path} as ${way}`, tab => {
          page = listen + write(origin + path);
          return tab.goto(home);
        });
      }
    }
    // A page that runs is seen to run.
    const [seen, count, shown] = [ran.length, opened, pictures];
    await look('the control', tab => {
      page = '<script>fetch("/ran")</script>';
      return tab.goto(home);
    });
    const control = ran.length > seen;
    return {ran: ran.slice(0, seen), opened: count, pictures: shown, control};
  } finally {
    await browser.close();
    hostile.close();
  }
}
