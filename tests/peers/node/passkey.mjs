// Somebody with a passkey and an account elsewhere, in Chromium with its virtual authenticator (WebDriver's, over CDP).
//
//   {"do": "passkey", "origin": URL, "provider": URL, "cookie": {"name": TEXT, "value": TEXT}, "chromium": NAME,
//    "pictures": FOLDER or absent}
//     -> {"steps": [TEXT], "faults": [TEXT]}
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
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const SCREENS = [{width: 1280, height: 900}, {width: 390, height: 844}];
const WAYS = '/account/sign-in';

await serve({passkey});

async function passkey({origin, provider, cookie, chromium: name, pictures}) {
  const folder = mkdtempSync(join(tmpdir(), 'assay-passkey-'));
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: execFileSync('which', [name], {encoding: 'utf8'}).trim(),
    args: QUIET, headless: true, timeout: 20_000
  });
  context.setDefaultTimeout(10_000);
  const found = {steps: [], faults: []};
  try {
    const page = await context.newPage();
    page.on('pageerror', error => found.faults.push(`the script fails: ${error.message}`));
    page.on('request', request => {
      if(![origin, provider].some(known => request.url().startsWith(`${known}/`))) {
        found.faults.push(`asks for ${request.url()}`);
      }
    });
    await steps({context, page, origin, cookie, pictures, found});
  } finally {
    await context.close();
    rmSync(folder, {recursive: true, force: true});
  }
  return found;
}

async function steps({context, page, origin, cookie, pictures, found}) {
  const devtools = await context.newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  const options = {
    protocol: 'ctap2', ctap2Version: 'ctap2_1', transport: 'internal', hasResidentKey: true,
    hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true
  };
  const {authenticatorId} = await devtools.send('WebAuthn.addVirtualAuthenticator', {options});
  const look = async state => {
    for(const viewport of SCREENS) {
      await page.setViewportSize(viewport);
      const view = `${state}, ${viewport.width} px`;
      if(pictures) {
        await page.screenshot({path: `${pictures}/${state}-${viewport.width}.png`, fullPage: true});
      }
      if(await page.evaluate('document.documentElement.scrollWidth > innerWidth')) {
        found.faults.push(`${view}: scrolls sideways`);
      }
      await page.evaluate(axe.source);
      const {violations} = await page.evaluate(
        tags => globalThis.axe.run({runOnly: {type: 'tag', values: tags}}), TAGS);
      found.faults.push(...violations.map(
        fault => `${view}: ${fault.id}, ${fault.nodes.map(node => node.html)}`));
    }
  };

  // 1. Ada, who is signed in, adds a passkey.
  await context.addCookies([{...cookie, url: origin, sameSite: 'Lax', httpOnly: true}]);
  await page.goto(origin + WAYS);
  await look('ways');
  await page.getByLabel('Name of the new passkey').fill('My laptop');
  await page.getByRole('button', {name: 'Add a passkey'}).click();
  await page.getByText('My laptop').waitFor();
  await look('ways-with-one');
  const {credentials} = await devtools.send('WebAuthn.getCredentials', {authenticatorId});
  found.steps.push(`${credentials.length} passkey of ${credentials[0].rpId}`);
  found.steps.push(`discoverable: ${credentials[0].isResidentCredential}`);

  // 2. A second one for the same account is not made on the same device.
  await page.getByLabel('Name of the new passkey').fill('My laptop again');
  await page.getByRole('button', {name: 'Add a passkey'}).click();
  const problem = page.locator('[data-problem]');
  await problem.filter({hasText: /./}).waitFor();
  found.steps.push(await problem.innerText());

  // 3. In a browser where nobody is signed in, the passkey signs in, twice.
  for(let round = 0; round < 2; ++round) {
    await context.clearCookies();
    await page.goto(`${origin}/sign-in?next=${WAYS}`);
    if(round === 0) {
      await look('sign-in');
    }
    await page.getByRole('button', {name: 'Sign in with a passkey'}).click();
    await page.waitForURL(origin + WAYS);
    found.steps.push(await page.locator('.ways .small').first().innerText());
  }

  // 4. Whoever cannot show who they are does not come in.
  await context.clearCookies();
  await devtools.send('WebAuthn.setUserVerified', {authenticatorId, isUserVerified: false});
  await page.goto(`${origin}/sign-in`);
  await page.getByRole('button', {name: 'Sign in with a passkey'}).click();
  await problem.filter({hasText: /./}).waitFor();
  found.steps.push(await problem.innerText());

  // 5. The provider vouches for an address that is known: the passkey shows whose account it is.
  await devtools.send('WebAuthn.setUserVerified', {authenticatorId, isUserVerified: true});
  await page.getByRole('link', {name: 'Sign in with Example ID'}).click();
  await page.waitForURL(`${origin}/sign-in/connect`);
  found.steps.push(await page.locator('h1').innerText());
  await look('account-known');
  await page.getByRole('link', {name: 'Sign in to connect'}).click();
  await page.getByRole('button', {name: 'Sign in with a passkey'}).click();
  await page.waitForURL(`${origin}/account/sign-in/connect`);
  found.steps.push(await page.locator('h1').innerText());
  await look('connect');
  await page.getByRole('button', {name: 'Connect Example ID'}).click();
  await page.waitForURL(origin + WAYS);
  found.steps.push(await page.locator('.ways .small').last().innerText());
  await look('ways-with-provider');
  await context.clearCookies();
  await page.goto(`${origin}/sign-in?next=${WAYS}`);
  await page.getByRole('link', {name: 'Sign in with Example ID'}).click();
  await page.waitForURL(origin + WAYS);
  await context.clearCookies();
  await page.goto(`${origin}/sign-in`);

  // 6. Once it is removed, it opens nothing.
  await page.getByRole('button', {name: 'Sign in with a passkey'}).click();
  await page.waitForURL(url => !url.pathname.startsWith('/sign-in'));
  await page.goto(origin + WAYS);
  await page.getByRole('button', {name: 'Remove the passkey My laptop'}).click();
  await page.getByText('My laptop').waitFor({state: 'detached'});
  await context.clearCookies();
  await page.goto(`${origin}/sign-in`);
  await page.getByRole('button', {name: 'Sign in with a passkey'}).click();
  await page.getByText('passkey.unknown').waitFor();
  await look('unknown');
  found.steps.push('removed');
}
