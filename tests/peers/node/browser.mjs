// Looks at the verify page as people do: with Chromium, on two screens, in two schemes, with script
// and without, by keyboard alone.
//
//   {"do": "look", "origin": URL, "chromium": NAME, "pictures": FOLDER or absent,
//    "states": [{"name": TEXT, "badge": TEXT or absent, "headline": TEXT or absent}]}
//     -> {"faults": [TEXT], "looked": NUMBER, "checks": NUMBER}
import {execFileSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import axe from 'axe-core';
import {chromium} from 'playwright-core';
import {serve} from './lines.mjs';

const SCREENS = [{width: 1280, height: 900}, {width: 390, height: 844}];
// Colours do not depend on scripts.
const KINDS = [[true, 'light'], [true, 'dark'], [false, 'light']];
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const QUIET = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'
];
// The form has fewer stops than this; a keyboard that comes no further is trapped.
const MOST_STOPS = 30;

await serve({look});

async function look({origin, chromium: name, states, pictures}) {
  const folder = mkdtempSync(join(tmpdir(), 'assay-browser-'));
  const found = {faults: [], looked: 0, checks: 0};
  try {
    for(const [javaScriptEnabled, colorScheme] of KINDS) {
      const context = await chromium.launchPersistentContext(folder, {
        executablePath: execFileSync('which', [name], {encoding: 'utf8'}).trim(),
        args: QUIET, headless: true, javaScriptEnabled, colorScheme, timeout: 20_000
      });
      context.setDefaultTimeout(10_000);
      try {
        for(const viewport of SCREENS) {
          for(const state of states) {
            const view = `${state.name}, ${viewport.width} px, ${colorScheme}, ` +
              (javaScriptEnabled ? 'with script' : 'without script');
            const page = await context.newPage();
            await page.setViewportSize(viewport);
            await lookOnce({
              page, origin, state, view, found, hasScript: javaScriptEnabled
            });
            if(pictures && javaScriptEnabled) {
              const path = `${pictures}/${state.name}-${viewport.width}-${colorScheme}.png`;
              await page.screenshot({path, fullPage: true});
            }
            await page.close();
            found.looked += 1;
          }
        }
      } finally {
        await context.close();
      }
    }
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
  return found;
}

async function lookOnce({page, origin, state, view, found, hasScript}) {
  const fault = text => found.faults.push(`${view}: ${text}`);
  page.on('request', request => {
    const url = request.url();
    if(!url.startsWith(`${origin}/`) && !url.startsWith('data:')) {
      fault(`asks for ${url}`);
    }
  });
  page.on('pageerror', error => fault(`the script fails: ${error.message}`));
  await page.goto(`${origin}/verify`);
  if(state.badge) {
    await askByKeyboard({page, badge: state.badge, fault});
    const headline = (await page.locator('h1').innerText()).trim();
    if(!headline.endsWith(state.headline)) {
      fault(`the headline is "${headline}"`);
    }
  }
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if(overflow > 0) {
    fault(`scrolls sideways by ${overflow} px`);
  }
  await checkStops({page, fault});
  if(!hasScript) {
    // axe-core is a script itself; the page is the same without.
    return;
  }
  await page.evaluate(axe.source);
  const result = await page.evaluate(tags => globalThis.axe.run(document, {runOnly: tags}), TAGS);
  found.checks += result.passes.length;
  for(const {id, nodes} of result.violations) {
    fault(`axe-core: ${id} at ${nodes.map(node => node.target.join(' ')).join(', ')}`);
  }
}

// From the top of the page to the badge, and on to the button, which Enter presses.
async function askByKeyboard({page, badge, fault}) {
  if(!await tabTo(page, '#badge')) {
    return fault('the keyboard does not reach the field for the badge');
  }
  await page.keyboard.insertText(badge);
  if(!await tabTo(page, 'form.ask button[type="submit"]')) {
    return fault('the keyboard does not reach the button');
  }
  await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
}

async function tabTo(page, selector) {
  for(let stops = 0; stops < MOST_STOPS; stops += 1) {
    await page.keyboard.press('Tab');
    if(await page.evaluate(selector => document.activeElement?.matches(selector), selector)) {
      return true;
    }
  }
  return false;
}

// Every stop of the keyboard is seen, in order from the top, and every control is one.
async function checkStops({page, fault}) {
  await page.evaluate(() => { document.activeElement?.blur(); scrollTo(0, 0); });
  const expected = await page.evaluate(stops => {
    const radios = new Set();
    return [...document.querySelectorAll(stops)].filter(one => {
      // Of a group of choices the keyboard stops at one.
      const first = one.type !== 'radio' || !radios.has(one.name);
      radios.add(one.name);
      return first && one.checkVisibility();
    }).length;
  }, 'a[href], button, input, textarea, summary');
  const seen = new Set();
  for(let stops = 0; stops < MOST_STOPS * 2; stops += 1) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(() => {
      const one = document.activeElement;
      if(!one || one === document.body) {
        return null;
      }
      const {outlineStyle, outlineWidth} = getComputedStyle(one);
      const {width, height, top, bottom, left} = one.getBoundingClientRect();
      return {
        name: one.id || one.textContent.trim() || one.getAttribute('name'),
        place: [...document.querySelectorAll('*')].indexOf(one),
        outlined: outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2,
        shown: width > 0 && height > 0 && bottom > 0 && top < innerHeight && left >= 0
      };
    });
    if(stop === null || seen.has(stop.place)) {
      break;
    }
    if(!stop.outlined || !stop.shown) {
      fault(`the focus on "${stop.name}" is not seen`);
    }
    seen.add(stop.place);
  }
  if(seen.size !== expected) {
    fault(`the keyboard stops at ${seen.size} of ${expected} controls`);
  }
  const places = [...seen];
  if(places.some((place, at) => at > 0 && place < places[at - 1])) {
    fault('the keyboard goes up and down the page');
  }
}
