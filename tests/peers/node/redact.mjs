// Covers parts of a picture on its page in Chromium: with the mouse, with a finger and with the keyboard.
//
//   {"do": "draw", "origin": URL, "token": TEXT, "chromium": NAME, "path": PATH, "pictures": FOLDER or null}
//     -> {"drawn": [NUMBER], "touched": [NUMBER], "typed": [NUMBER], "gone": TEXT, "saved": TEXT, "errors": [TEXT],
//         "violations": [TEXT], "wide": BOOL}
import {execFileSync} from 'node:child_process';
import {createRequire} from 'node:module';
import {readFileSync} from 'node:fs';
import {chromium} from 'playwright-core';
import {serve} from './lines.mjs';

const QUIET = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'
];
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SIDES = ['left', 'top', 'width', 'height'];

await serve({draw});

async function draw({origin, token, chromium: name, path, pictures}) {
  const executablePath = execFileSync('which', [name], {encoding: 'utf8'}).trim();
  const browser = await chromium.launch({executablePath, args: QUIET, headless: true});
  const errors = [];
  try {
    const open = async options => {
      const context = await browser.newContext({
        extraHTTPHeaders: {authorization: `Bearer ${token}`}, bypassCSP: false, ...options
      });
      const tab = await context.newPage();
      tab.on('pageerror', error => errors.push(String(error)));
      tab.on('console', said => said.type() === 'error' && errors.push(said.text()));
      await tab.goto(origin + path);
      await tab.waitForSelector('[data-tools]:not([hidden])');
      await tab.locator('[data-picture] img').evaluate(image => image.decode());
      return tab;
    };
    const numbers = (tab, place) => Promise.all(
      SIDES.map(side => tab.inputValue(`[name=${side}-${place}]`).then(Number)));

    const tab = await open({viewport: {width: 1280, height: 900}});
    const frame = await tab.locator('[data-picture]').boundingBox();
    const at = (x, y) => [frame.x + frame.width * x, frame.y + frame.height * y];
    await tab.mouse.move(...at(0.2, 0.2));
    await tab.mouse.down();
    await tab.mouse.move(...at(0.4, 0.4));
    await tab.mouse.move(...at(0.6, 0.5));
    await tab.mouse.up();
    const drawn = await numbers(tab, 0);
    // Moved as a whole by taking hold of it.
    await tab.mouse.move(...at(0.3, 0.3));
    await tab.mouse.down();
    await tab.mouse.move(...at(0.2, 0.4));
    await tab.mouse.up();
    const moved = await numbers(tab, 0);

    await tab.focus('[data-add]');
    await tab.keyboard.press('Enter');
    for(const key of ['ArrowRight', 'ArrowRight', 'ArrowUp', 'Shift+ArrowRight', 'Shift+ArrowDown']) {
      await tab.keyboard.press(key);
    }
    const typed = await numbers(tab, 1);
    await tab.focus('[data-add]');
    await tab.keyboard.press('Enter');
    await tab.keyboard.press('Delete');
    const gone = await tab.inputValue('[name=left-2]');
    await tab.evaluate(AXE);
    const found = await tab.evaluate(() => window.axe.run());
    const violations = found.violations.map(one =>
      `${one.id}: ${one.nodes.map(node => node.html).join(' ')}`.slice(0, 400));
    if(pictures) {
      await tab.screenshot({path: `${pictures}/redact-1280.png`, fullPage: true});
    }
    await Promise.all([tab.waitForNavigation(), tab.click('form button[type=submit]')]);
    const saved = new URL(tab.url()).search;
    if(pictures) {
      await tab.screenshot({path: `${pictures}/redact-saved.png`, fullPage: true});
    }

    const phone = await open({viewport: {width: 390, height: 844}, hasTouch: true, isMobile: true});
    const wide = await phone.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    await phone.locator('[data-picture]').evaluate(picture => picture.scrollIntoView({block: 'center'}));
    const small = await phone.locator('[data-picture]').boundingBox();
    const session = await phone.context().newCDPSession(phone);
    const finger = (type, x, y) => session.send('Input.dispatchTouchEvent', {
      type, touchPoints: type === 'touchEnd' ? [] : [{x: small.x + small.width * x, y: small.y + small.height * y}]
    });
    await finger('touchStart', 0.7, 0.7);
    await finger('touchMove', 0.8, 0.8);
    await finger('touchMove', 0.9, 0.9);
    await finger('touchEnd');
    const touched = await numbers(phone, 2);
    if(pictures) {
      await phone.screenshot({path: `${pictures}/redact-390.png`, fullPage: true});
    }
    return {drawn, moved, touched, typed, gone, saved, errors, violations, wide};
  } finally {
    await browser.close();
  }
}
