// Makes pictures in Chromium, and says what Chromium sees in pictures: another codec than the service's.
//
//   {"do": "make", "chromium": NAME, "type": MEDIA TYPE, "width": NUMBER, "height": NUMBER}
//     -> {"picture": BASE64}: red and green above, blue and white below
//   {"do": "look", "chromium": NAME, "picture": BASE64, "points": [[FRACTION, FRACTION]]}
//     -> {"width": NUMBER, "height": NUMBER, "colours": [[RED, GREEN, BLUE]]}
import {execFileSync} from 'node:child_process';
import {chromium} from 'playwright-core';
import {serve} from './lines.mjs';

const QUIET = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'
];

let opened = null;

async function page(name) {
  if(!opened) {
    const executablePath = execFileSync('which', [name], {encoding: 'utf8'}).trim();
    const browser = await chromium.launch({executablePath, args: QUIET, headless: true});
    opened = {browser, page: await browser.newPage()};
  }
  return opened.page;
}

async function make({chromium: name, type, width, height}) {
  const made = await (await page(name)).evaluate(({type, width, height}) => {
    const canvas = document.createElement('canvas');
    Object.assign(canvas, {width, height});
    const drawn = canvas.getContext('2d');
    const halves = [[0, 0, 'red'], [1, 0, 'lime'], [0, 1, 'blue'], [1, 1, 'white']];
    for(const [x, y, colour] of halves) {
      drawn.fillStyle = colour;
      drawn.fillRect(x * width / 2, y * height / 2, width / 2, height / 2);
    }
    return canvas.toDataURL(type, 0.92);
  }, {type, width, height});
  const [, kind, picture] = /^data:([^;]+);base64,(.*)$/.exec(made);
  if(kind !== type) {
    throw new Error(`Chromium makes ${kind} instead of ${type}`);
  }
  return {picture};
}

async function look({chromium: name, picture, points}) {
  return (await page(name)).evaluate(async ({picture, points}) => {
    const shown = new Image();
    const bytes = Uint8Array.from(atob(picture), letter => letter.charCodeAt(0));
    shown.src = URL.createObjectURL(new Blob([bytes]));
    await shown.decode();
    const canvas = document.createElement('canvas');
    const [width, height] = [shown.naturalWidth, shown.naturalHeight];
    Object.assign(canvas, {width, height});
    const drawn = canvas.getContext('2d');
    drawn.drawImage(shown, 0, 0);
    const colours = points.map(([x, y]) =>
      [...drawn.getImageData(Math.floor(x * width), Math.floor(y * height), 1, 1).data].slice(0, 3));
    return {width, height, colours};
  }, {picture, points});
}

await serve({make, look});
await opened?.browser.close();
