// Somebody sends files from the page for evidence, in Chromium, over a line that is slow and is cut.
//
//   {"do": "send", "origin": URL, "submission": ID, "cookie": {"name": TEXT, "value": TEXT}, "chromium": NAME,
//    "files": {NAME: FILE}, "pictures": FOLDER or absent} -> {NAME OF A STEP: WHAT WAS SEEN, "faults": [TEXT]}
//   {"do": "record", "origin": URL, …} -> the same, with a camera and a microphone that Chromium plays itself
//   {"do": "play", "origin": URL, "path": TEXT, …} -> what is played on a page: {"players": [PLAYER], "text": TEXT,
//     "faults": [TEXT]}; a PLAYER is {"cues": [TEXT], "played": TEXT}
import {execFileSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import axe from 'axe-core';
import {chromium} from 'playwright-core';
import {serve} from './lines.mjs';

const QUIET = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'
];
const DEVICES = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const SCREENS = [{width: 390, height: 844}, {width: 1280, height: 900}];
// A file of forty megabytes takes long enough to be cut in the middle.
const SLOW = 12 * 1024 * 1024;

// Opens a browser, has the work done in it, and closes it whatever comes of that.
async function browsing(request, settings, work) {
  const folder = mkdtempSync(join(tmpdir(), 'assay-upload-page-'));
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: execFileSync('which', [request.chromium], {encoding: 'utf8'}).trim(),
    args: [...QUIET, ...(settings.args ?? [])], headless: true, timeout: 20_000,
    javaScriptEnabled: settings.javaScriptEnabled ?? true
  });
  context.setDefaultTimeout(20_000);
  try {
    await signIn(context, request);
    return await work(context);
  } finally {
    await context.close();
    rmSync(folder, {recursive: true, force: true});
  }
}

const signIn = (context, {origin, cookie}) =>
  context.addCookies([{...cookie, url: origin, sameSite: 'Lax', httpOnly: true}]);

// A page for files, its line, and what it asked where its upload goes on.
class Sender {
  static async open(context, request, requirement, found) {
    const sender = new Sender();
    Object.assign(sender, {context, request, found, offsets: [], began: []});
    sender.path = `/my/submissions/${request.submission}/files/${requirement}`;
    sender.page = await context.newPage();
    sender.page.on('pageerror', error => found.faults.push(`the script fails: ${error.message}`));
    sender.page.on('dialog', dialog => dialog.accept());
    sender.page.on('response', response => {
      const method = response.request().method();
      if(method === 'HEAD') {
        sender.offsets.push(Number(response.headers()['upload-offset'] ?? -1));
      }
      if(method === 'POST' && response.status() === 201) {
        sender.began.push(response.headers().location);
      }
    });
    sender.devtools = await context.newCDPSession(sender.page);
    await sender.devtools.send('Network.enable');
    await sender.line({});
    await sender.visit();
    return sender;
  }

  line({offline = false, uploadThroughput = SLOW}) {
    return this.devtools.send('Network.emulateNetworkConditions',
      {offline, latency: 0, downloadThroughput: -1, uploadThroughput});
  }

  async visit() {
    this.offsets.length = this.began.length = 0;
    this.answer = await this.page.goto(this.request.origin + this.path);
  }

  choose(...names) {
    return this.page.setInputFiles('#file', names.map(name => this.request.files[name]));
  }

  press(name) {
    return this.page.locator('form[data-upload]').getByRole('button', {name, exact: true}).click();
  }

  told(text) {
    return this.page.locator('[data-told]').filter({hasText: text}).waitFor();
  }

  text(place) {
    return this.page.locator(`form [data-${place}]`).innerText();
  }

  // Sends this file until about a third of it is there.
  async begin(name) {
    await this.choose(name);
    await this.press('Add the file');
    await this.told(/[3-6]0 % of/);
  }

  async added() {
    await this.page.waitForURL(/saved/, {waitUntil: 'load'});
  }

  async look(name) {
    for(const viewport of SCREENS) {
      await this.page.setViewportSize(viewport);
      const view = `${name}, ${viewport.width} px`;
      if(this.request.pictures) {
        const path = `${this.request.pictures}/${name}-${viewport.width}.png`;
        await this.page.screenshot({path, fullPage: true});
      }
      if(await this.page.evaluate('document.documentElement.scrollWidth > innerWidth')) {
        this.found.faults.push(`${view}: scrolls sideways`);
      }
      await this.page.evaluate(axe.source);
      const {violations} = await this.page.evaluate(
        tags => globalThis.axe.run({runOnly: {type: 'tag', values: tags}}), TAGS);
      this.found.faults.push(...violations.map(
        fault => `${view}: ${fault.id}, ${fault.nodes.map(node => node.html)}`));
    }
  }
}

async function send(request) {
  const found = {faults: []};
  await browsing(request, {}, async context => {
    const sender = await Sender.open(context, request, 'lesson', found);
    for(const step of [cut, paused, cancelled, refused, several, signedOut, inTwoWindows]) {
      await step(sender, found);
      await sender.line({});
      await sender.visit();
    }
  });
  await browsing(request, {}, async context => {
    await context.addInitScript(() => {
      Object.defineProperty(window, 'localStorage', {get() {
        throw new DOMException('', 'SecurityError');
      }});
    });
    const sender = await Sender.open(context, request, 'lesson', found);
    await sender.begin('private.webm');
    await sender.press('Pause');
    await sender.press('Go on');
    await sender.added();
    found.keeping_nothing = 'added';
  });
  await browsing(request, {javaScriptEnabled: false}, withoutScript(request, found));
  return found;
}

async function cut(sender, found) {
  await sender.look('upload');
  await sender.begin('cut.webm');
  await sender.look('sending');
  await sender.line({offline: true});
  await sender.told('The connection is lost.');
  const before = sender.offsets.length;
  await sender.line({});
  await sender.added();
  found.cut = {goes_on_at: sender.offsets[before]};
}

async function paused(sender, found) {
  await sender.begin('paused.webm');
  await sender.press('Pause');
  await sender.told('Paused.');
  await sender.look('paused');
  // Two buttons faster than a request ends.
  await sender.page.evaluate(() => {
    const button = document.querySelector('[data-pause]');
    for(let times = 0; times < 4; times++) {
      button.click();
    }
  });
  await sender.told('Paused.');
  await sender.page.reload();
  sender.offsets.length = 0;
  await sender.choose('paused.webm');
  const recognised = await sender.text('told');
  await sender.press('Add the file');
  await sender.added();
  found.paused = {recognised, goes_on_at: sender.offsets[0]};
}

async function cancelled(sender, found) {
  await sender.begin('cancelled.webm');
  await sender.press('Cancel');
  await sender.told('Cancelled.');
  const [address] = sender.began;
  const status = await sender.page.evaluate(async address =>
    (await fetch(address, {method: 'HEAD', headers: {'tus-resumable': '1.0.0'}})).status, address);
  found.cancelled = {told: await sender.text('told'), status, file_is_free: await sender.page.isEnabled('#file')};
  // Cancelled before the service has said where the upload is.
  let held;
  const asked = new Promise(resolve => {
    held = resolve;
  });
  await sender.page.route('**/api/v1/uploads', async route => {
    held();
    await new Promise(resolve => setTimeout(resolve, 300));
    await route.continue();
  });
  await sender.choose('cancelled.webm');
  await sender.press('Add the file');
  await asked;
  await sender.press('Cancel');
  await sender.told('Cancelled.');
  await sender.page.unroute('**/api/v1/uploads');
  found.cancelled.early = await sender.text('told');
}

async function refused(sender, found) {
  found.refused = {};
  for(const name of ['page.html', 'old.wmv', 'essay.pages', 'large.webm', 'empty.txt']) {
    await sender.choose(name);
    await sender.press('Add the file');
    await sender.page.locator('form [data-problem]').waitFor();
    found.refused[name] = {
      problem: await sender.text('problem'), began: sender.began.length,
      file_is_free: await sender.page.isEnabled('#file')
    };
    if(name === 'old.wmv') {
      await sender.look('refused');
    }
    sender.began.length = 0;
  }
}

async function several(sender, found) {
  await sender.choose('one.txt', 'page.html', 'two.txt');
  await sender.press('Add 3 files');
  await sender.page.locator('form [data-problem]').waitFor();
  found.several = {told: await sender.text('told'), problem: await sender.text('problem')};
}

async function signedOut(sender, found) {
  await sender.begin('signed-out.webm');
  await sender.context.clearCookies();
  await sender.page.locator('[data-signed-out]').waitFor();
  const said = await sender.text('signed-out');
  const href = await sender.page.locator('[data-signed-out] a').getAttribute('href');
  await sender.look('signed-out');
  await signIn(sender.context, sender.request);
  sender.offsets.length = 0;
  await sender.press('Go on');
  await sender.added();
  found.signed_out = {said, href, goes_on_at: sender.offsets[0]};
}

async function inTwoWindows(sender, found) {
  await sender.begin('windows.webm');
  await sender.press('Pause');
  const other = await Sender.open(sender.context, sender.request, 'lesson', found);
  await other.choose('windows.webm');
  await other.press('Add the file');
  await other.page.locator('form [data-problem]').waitFor();
  found.in_two_windows = {problem: await other.text('problem')};
  await other.page.close();
  await sender.press('Go on');
  await sender.added();
}

const withoutScript = (request, found) => async context => {
  const page = await context.newPage();
  await page.goto(`${request.origin}/my/submissions/${request.submission}/files/lesson`);
  const seen = {recorder: await page.locator('[data-record]').isVisible(), pause: await page.locator('[data-pause]').isVisible()};
  await page.setInputFiles('#file', request.files['old.wmv']);
  await page.getByRole('button', {name: 'Add the file'}).click();
  seen.refused = await page.locator('.notice.refused').innerText();
  await page.setInputFiles('#file', request.files['whole.txt']);
  await page.getByRole('button', {name: 'Add the file'}).click();
  await page.waitForURL(/saved/);
  found.without_script = seen;
};

async function record(request) {
  const found = {faults: []};
  await browsing(request, {args: DEVICES}, async context => {
    const sender = await Sender.open(context, request, 'lesson', found);
    found.policies = policies(sender.answer);
    const recorder = sender.page.locator('[data-record]');
    const press = name => recorder.getByRole('button', {name, exact: true}).click();
    await recorder.waitFor();
    await sender.look('recorder');
    await sender.page.addInitScript(() => {
      const devices = navigator.mediaDevices;
      const ask = devices.getUserMedia.bind(devices);
      devices.getUserMedia = wanted => {
        window.asked = [...window.asked ?? [], Object.keys(wanted).filter(what => wanted[what]).join()];
        return ask(wanted);
      };
    });
    await sender.visit();

    for(const [name, kind] of [['Record sound', 'heard'], ['Record video', 'seen']]) {
      const before = await sender.page.evaluate(() => window.asked ?? []);
      await press(name);
      await recorder.getByText('0:02').waitFor();
      const asked = await sender.page.evaluate(() => window.asked);
      await sender.look(`recording-${kind}`);
      await press('Stop');
      await recorder.getByText('Recorded: ').waitFor();
      // What was recorded first is heard, and not good enough.
      await press('Record again');
      await recorder.getByText('0:01').waitFor();
      await press('Stop');
      await recorder.getByText('Recorded: ').waitFor();
      await sender.look(`recorded-${kind}`);
      const played = await recorder.locator(`[data-${kind}]`).evaluate(async player => {
        player.muted = true;
        await player.play();
        await new Promise(resolve => player.addEventListener('timeupdate', resolve, {once: true}));
        return player.error?.message ?? 'played';
      });
      const copy = await recorder.locator('[data-copy]').getAttribute('download');
      await press('Use this recording');
      await sender.added();
      found[kind] = {played, copy, before, asked};
      await sender.visit();
    }
    const piece = await context.newPage();
    for(const path of ['', '/files/reflection', '/feedback']) {
      const answer = await piece.goto(`${request.origin}/my/submissions/${request.submission}${path}`);
      found[`policies ${path}`] = policies(answer);
    }
  });
  // A browser in which nobody lets the page listen.
  await browsing(request, {}, async context => {
    const sender = await Sender.open(context, request, 'lesson', found);
    await sender.page.getByRole('button', {name: 'Record sound'}).click();
    const problem = sender.page.locator('[data-record] [data-problem]');
    await problem.waitFor();
    found.not_allowed = await problem.innerText();
    await sender.page.addInitScript(() => {
      delete window.MediaRecorder;
    });
    await sender.visit();
    found.shown_where_it_cannot = await sender.page.locator('[data-record]').isVisible();
  });
  return found;
}

async function play(request) {
  const found = {faults: []};
  await browsing(request, {args: ['--autoplay-policy=no-user-gesture-required']}, async context => {
    const sender = Object.assign(new Sender(), {request, found, page: await context.newPage()});
    sender.page.on('pageerror', error => found.faults.push(`the script fails: ${error.message}`));
    await sender.page.goto(request.origin + request.path);
    found.players = await sender.page.evaluate(async () => {
      const players = [];
      for(const player of document.querySelectorAll('video, audio')) {
        const track = player.querySelector('track');
        for(let tries = 0; track && !track.track.cues?.length && tries < 100; tries++) {
          await new Promise(resolve => setTimeout(resolve, 50));
        }
        player.muted = true;
        await player.play();
        await new Promise(resolve => player.addEventListener('timeupdate', resolve, {once: true}));
        player.pause();
        const cues = [...track?.track.cues ?? []].map(cue => cue.text);
        players.push({cues, played: player.error?.message ?? 'played'});
      }
      return players;
    });
    for(const summary of await sender.page.locator('summary').all()) {
      await summary.click();
    }
    found.text = await sender.page.locator('main').innerText();
    await sender.look(request.name);
  });
  return found;
}

const policies = answer => {
  const {['permissions-policy']: permissions, ['content-security-policy']: content} = answer.headers();
  return {permissions, media: content.includes('media-src')};
};

await serve({send, record, play});
