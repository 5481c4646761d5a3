// Walks through pages as a person does, in Chromium without script, and looks at where it stands.
//
//   {"do": "open", "origin": URL, "chromium": NAME, "pictures": FOLDER or absent, "film": FOLDER or absent} -> {}
//   {"do": "visit", "path": TEXT, or the whole address of another site} -> WHERE
//   {"do": "follow", "link": TEXT} -> WHERE
//   {"do": "send", "button": TEXT, "fields": {NAME: TEXT}} -> WHERE
//   {"do": "download", "link": TEXT, "at": NUMBER} -> {"name": TEXT, "path": FILE}: of links of this name, that one
//   {"do": "look", "name": TEXT} -> {"faults": [TEXT], "checks": NUMBER}
//   {"do": "cut"} -> {"frames": NUMBER}: the film is whole
//
//   WHERE is {"path": TEXT, "status": NUMBER, "heading": TEXT, "text": TEXT, "cookies": [COOKIE]}
import {execFileSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import axe from 'axe-core';
import {chromium} from 'playwright-core';
import {serve} from './lines.mjs';

const SCREENS = [{width: 1280, height: 900}, {width: 390, height: 844}];
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const QUIET = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'
];

const folder = mkdtempSync(join(tmpdir(), 'assay-walk-'));
let origin, pictures, page, walking, looking, film;

await serve({open, visit, follow, send, download, look, cut});
await walking?.close();
await looking?.close();
rmSync(folder, {recursive: true, force: true});

async function open(request) {
  ({origin, pictures} = request);
  const executablePath = execFileSync('which', [request.chromium], {encoding: 'utf8'}).trim();
  const settings = {executablePath, args: QUIET, headless: true, timeout: 20_000};
  const start = (name, more) =>
    chromium.launchPersistentContext(join(folder, name), {...settings, ...more});
  walking = await start('walking', {javaScriptEnabled: false});
  // axe-core is a script, and so what it looks at is opened a second time.
  looking = await start('looking', {});
  walking.setDefaultTimeout(10_000);
  looking.setDefaultTimeout(10_000);
  page = await walking.newPage();
  film = request.film && await filming(request.film);
  return {};
}

// Keeps what the screen shows while it changes, and for a while what stands there after each step.
async function filming(folder) {
  mkdirSync(folder, {recursive: true});
  const camera = await walking.newCDPSession(page);
  const frames = [];
  const keep = (data, seconds) => {
    const file = `${String(frames.length).padStart(5, '0')}.png`;
    writeFileSync(join(folder, file), Buffer.from(data, 'base64'));
    frames.push(`file '${file}'\nduration ${seconds}\n`);
  };
  camera.on('Page.screencastFrame', ({data, sessionId}) => {
    keep(data, 0.1);
    camera.send('Page.screencastFrameAck', {sessionId}).catch(() => {});
  });
  await camera.send('Page.startScreencast', {format: 'png'});
  return {
    hold: async () => keep((await page.screenshot()).toString('base64'), 3),
    cut: async () => {
      await camera.send('Page.stopScreencast');
      // The list that ffmpeg's concat reads.
      writeFileSync(join(folder, 'frames.txt'), frames.join(''));
      return frames.length;
    }
  };
}

async function cut() {
  return {frames: await film.cut()};
}

async function download({link, at}) {
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', {name: link, exact: true}).nth(at).click()
  ]);
  await film?.hold();
  return {name: file.suggestedFilename(), path: await file.path()};
}

async function visit({path}) {
  return where(await page.goto(new URL(path, origin).href));
}

async function follow({link}) {
  const [answer] = await Promise.all([
    page.waitForResponse(response =>
      response.request().isNavigationRequest() && !(response.status() >= 300 && response.status() < 400)),
    page.getByRole('link', {name: link, exact: true}).first().click()
  ]);
  await page.waitForLoadState();
  return where(answer);
}

async function send({button, fields}) {
  for(const [name, text] of Object.entries(fields ?? {})) {
    const named = page.locator(`[name="${name}"]:visible`);
    const chosen = page.locator(`[name="${name}"][value="${text}"]:visible`);
    const field = named.first();
    if(['checkbox', 'radio'].includes(await field.getAttribute('type'))) {
      await (await chosen.count() ? chosen : field).first().check();
    } else {
      await field.fill(text);
    }
  }
  const pressed = page.getByRole('button', {name: button, exact: true});
  const [answer] = await Promise.all([
    page.waitForResponse(response =>
      response.request().isNavigationRequest() && !(response.status() >= 300 && response.status() < 400)),
    pressed.first().click()
  ]);
  await page.waitForLoadState();
  return where(answer);
}

async function where(answer) {
  await film?.hold();
  const url = new URL(page.url());
  return {
    path: url.pathname + url.search + url.hash,
    status: answer.status(),
    heading: (await page.locator('h1').first().innerText()).trim(),
    text: await page.locator('main').innerText(),
    cookies: await walking.cookies()
  };
}

async function look({name}) {
  const faults = [];
  let checks = 0;
  await looking.clearCookies();
  await looking.addCookies(await walking.cookies());
  for(const colorScheme of ['light', 'dark']) {
    for(const viewport of SCREENS) {
      const seen = await looking.newPage();
      await seen.emulateMedia({colorScheme});
      await seen.setViewportSize(viewport);
      const view = `${name}, ${viewport.width} px, ${colorScheme}`;
      const home = new URL(page.url()).origin;
      seen.on('request', request => {
        if(!request.url().startsWith(`${home}/`)) {
          faults.push(`${view}: asks for ${request.url()}`);
        }
      });
      await seen.goto(page.url());
      const overflow = await seen.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if(overflow > 0) {
        faults.push(`${view}: scrolls sideways by ${overflow} px`);
      }
      await seen.evaluate(axe.source);
      const result = await seen.evaluate(tags => globalThis.axe.run(document, {runOnly: tags}), TAGS);
      checks += result.passes.length;
      for(const {id, nodes} of result.violations) {
        const places = nodes.map(node => node.target.join(' ')).join(', ');
        faults.push(`${view}: axe-core: ${id} at ${places}`);
      }
      if(pictures) {
        const path = `${pictures}/${name}-${viewport.width}-${colorScheme}.png`;
        await seen.screenshot({path, fullPage: true});
      }
      await seen.close();
    }
  }
  return {faults, checks};
}
