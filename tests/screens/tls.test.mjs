// The site's CA in a browser: on a name that is not localhost everything works where it is trusted, nothing where it is not,
// and a certificate outside its names never. And the pages by which a device comes to trust it.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { faultless, faultlessEverywhere, says, shows } from '../lib/board_page.mjs';
import { openPage } from '../lib/browser.mjs';
import { bounded, run, startSite, tempDir, waitFor } from '../lib/site.mjs';
import { forge, makeAuthority } from '../lib/tls.mjs';

const NAME = 'vaxline.test';
const PHONE = { width: 412, height: 915 };

// A site with a certificate of its own CA: {site, own, origin, plain}.
async function startOwn(t, { cert, names = [NAME, '127.0.0.1'] } = {}) {
	const own = await makeAuthority(tempDir(t), ...names);
	const site = await startSite({ tls: { ...own, ...(cert && (await cert(own.folder))) }, enrol: false, args: ['--listen-plain', '127.0.0.1:0'] }, t);
	const plain = await waitFor(() => /listening_plain port="(\d+)/.exec(site.stderr)?.[1], 'the plain port');
	return { site, own, origin: `https://${NAME}:${site.port}`, plain: `http://${NAME}:${plain}` };
}

// As the page of the CA tells users of Linux to do it.
async function trust(home, folder) {
	const database = path.join(home, '.pki/nssdb');
	fs.mkdirSync(database, { recursive: true });
	const out = await run(['-d', `sql:${database}`, '-A', '-t', 'C,,', '-n', 'vaxline', '-i', path.join(folder, 'ca.crt'), '-a'], { program: 'certutil' });
	assert.equal(out.code, 0, out.stderr);
}

// A browser to which all names are this machine.
const open = (t, origin, { folder, flags = [], ...more } = {}) => openPage(t, origin, {
	...more,
	flags: ['--host-resolver-rules=MAP *.test 127.0.0.1,MAP *.example 127.0.0.1', ...flags],
	prepare: async (home) => folder && trust(home, folder),
});

test('where the CA is trusted, a page has all that a browser gives to secure pages', async (t) => {
	const { own, origin } = await startOwn(t);
	const { page, errors } = await open(t, origin, {
		folder: own.folder, flags: ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
	});
	const answer = await page.goto(`${origin}/ca`);
	assert.equal(answer.status(), 200);
	const { subjectName, protocol } = await answer.securityDetails();
	assert.equal(subjectName, 'vaxline sample');
	assert.match(protocol, /TLS 1\.3/);
	assert.equal(await page.evaluate(() => isSecureContext), true);
	assert.match(await page.evaluate(() => crypto.randomUUID()), /^[0-9a-f-]{36}$/);

	const scope = await page.evaluate(async () => {
		const worker = await navigator.serviceWorker.register('/pages/clock.mjs', { type: 'module', scope: '/pages/' });
		await new Promise((resolve) => {
			const look = () => (worker.active ? resolve() : setTimeout(look, 20));
			look();
		});
		await worker.unregister();
		return worker.scope;
	});
	assert.equal(scope, `${origin}/pages/`);

	const tracks = await page.evaluate(async () => {
		const stream = await navigator.mediaDevices.getUserMedia({ video: true });
		const said = stream.getTracks().map(({ kind, readyState }) => `${kind} ${readyState}`);
		for (const track of stream.getTracks()) track.stop();
		return said;
	});
	assert.deepEqual(tracks, ['video live']);
	assert.deepEqual(errors, []);
});

test('where it is not trusted, nothing opens', async (t) => {
	const { origin } = await startOwn(t);
	const { page } = await open(t, origin);
	await assert.rejects(page.goto(`${origin}/ca`), /ERR_CERT_AUTHORITY_INVALID/);
	const other = await makeAuthority(tempDir(t), NAME);
	const stranger = await open(t, origin, { folder: other.folder });
	await assert.rejects(stranger.page.goto(`${origin}/ca`), /ERR_CERT_AUTHORITY_INVALID/, 'another site\'s CA is not ours');
});

test('a certificate outside the names of the CA is refused, trusted as the CA is', async (t) => {
	const cases = [['DNS:bank.example', 'bank.example'], [`DNS:${NAME},DNS:bank.example`, NAME], [`DNS:${NAME},IP:10.1.2.3`, NAME]];
	for (const [names, host] of cases) {
		const { site, own } = await startOwn(t, { cert: (folder) => forge(folder, tempDir(t), names) });
		const { page } = await open(t, '', { folder: own.folder });
		await assert.rejects(page.goto(`https://${host}:${site.port}/ca`), /net::ERR_CERT_(?!AUTHORITY)/, names);
		await page.context().close();
		await site.stop();
	}
	// It is the names that were wrong: by the same hand within them, it opens.
	const { own, origin } = await startOwn(t, { cert: (folder) => forge(folder, tempDir(t), `DNS:${NAME}`) });
	const { page } = await open(t, origin, { folder: own.folder });
	assert.equal((await page.goto(`${origin}/ca`)).status(), 200);
});

test('a CA of addresses alone opens by them, and speaks for no name', async (t) => {
	const { own, site } = await startOwn(t, { names: ['127.0.0.1'] });
	const { page } = await open(t, `https://127.0.0.1:${site.port}`, { folder: own.folder });
	assert.equal((await page.goto(`https://127.0.0.1:${site.port}/ca`)).status(), 200);
	assert.equal(await page.evaluate(() => isSecureContext), true);

	for (const [names, subject, host] of [[['127.0.0.1'], `DNS:${NAME}`, NAME], [[NAME], 'IP:127.0.0.1', '127.0.0.1']]) {
		const forged = await startOwn(t, { names, cert: (folder) => forge(folder, tempDir(t), subject) });
		const stranger = await open(t, forged.origin, { folder: forged.own.folder });
		await assert.rejects(stranger.page.goto(`https://${host}:${forged.site.port}/ca`), /ERR_CERT_/, subject);
	}
});

test('what else runs on this machine is asked without TLS as before', async (t) => {
	const { own, site, plain } = await startOwn(t, { names: ['localhost', NAME] });
	const { page } = await open(t, plain, { folder: own.folder });
	assert.equal((await page.goto(`https://localhost:${site.port}/ca`)).status(), 200);
	assert.equal((await page.goto(`http://localhost:${new URL(plain).port}/ca`)).status(), 200);
});

test('the page that hands out the CA', async (t) => {
	const { own, plain, origin } = await startOwn(t);
	const ca = new X509Certificate(own.ca);
	const view = await open(t, plain, PHONE);
	const { page } = view;
	await page.goto(`${plain}/`);
	await page.waitForURL('**/ca');
	await page.locator('.fingerprint').waitFor();

	await t.test('shows the fingerprint, in groups, and where it is good', async () => {
		const said = (await page.locator('.fingerprint span').allTextContents()).map((group) => group.trim());
		assert.equal(said.length, 16);
		assert.equal(said.join(''), ca.fingerprint256.replaceAll(':', ''));
		await shows(page, '.names', /vaxline\.test, 127\.0\.0\.1/);
		assert.equal(await page.locator('#try').getAttribute('href'), `${origin}/`);
	});

	await t.test('gives the file', async () => {
		const [download] = await Promise.all([page.waitForEvent('download'), page.click('#download')]);
		assert.equal(download.suggestedFilename(), 'vaxline-ca.crt');
		assert.deepEqual(fs.readFileSync(await bounded(download.path(), 'the file')), ca.raw);
	});

	await t.test('what it says to users of Linux, typed as it stands there, makes Chromium trust the site', async () => {
		const [compare, install, add] = await page.locator('[data-system=linux] code').evaluateAll((all) => all.map((node) => node.textContent));
		const prepare = async (home) => {
			fs.mkdirSync(path.join(home, 'Downloads'));
			fs.writeFileSync(path.join(home, 'Downloads/vaxline-ca.crt'), ca.raw);
			const type = (line) => run(['-c', line], { program: 'bash', env: { HOME: home } });
			const [digest] = (await type(compare)).stdout.split(' ');
			assert.equal(digest.toUpperCase(), ca.fingerprint256.replaceAll(':', ''));
			assert.match(install, /^sudo apt install libnss3-tools && /);
			const out = await type(`${install.replace(/^.*? && /, '')} && ${add}`);
			assert.equal(out.code, 0, out.stderr);
		};
		const trusting = await openPage(t, origin, { flags: ['--host-resolver-rules=MAP *.test 127.0.0.1'], prepare });
		assert.equal((await trusting.page.goto(`${origin}/ca`)).status(), 200);
	});

	await t.test('puts the device\'s own system first', async () => {
		const systems = () => page.locator('details').evaluateAll((all) => all.map((node) => [node.dataset.system, node.open]));
		assert.deepEqual(await systems(), [['linux', true], ['android', false], ['ios', false], ['windows', false]]);
		for (const [agent, first] of [['Mozilla/5.0 (Linux; Android 14; Pixel 8)', 'android'], ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)', 'ios'],
			['Mozilla/5.0 (Windows NT 10.0; Win64; x64)', 'windows']]) {
			await page.addInitScript(`Object.defineProperty(navigator, 'userAgent', { configurable: true, get: () => ${JSON.stringify(agent)} })`);
			await page.reload();
			await page.locator('details').first().waitFor();
			assert.deepEqual((await systems())[0], [first, true]);
			await faultless(view, `ca-${first}`);
		}
	});

	await t.test('in every language, on a phone and on a large screen', async () => {
		for (const details of await page.locator('details').all()) await details.evaluate((node) => { node.open = true; });
		await page.setViewportSize({ width: 1440, height: 900 });
		await faultlessEverywhere(view, 'ca', async () => {
			await page.locator('details').evaluateAll((all) => all.forEach((node) => { node.open = true; }));
		});
	});
});

test('the page of a site without a CA says so', async (t) => {
	const site = await startSite({ enrol: false }, t);
	const origin = `http://127.0.0.1:${site.port}`;
	const view = await openPage(t, origin, PHONE);
	await view.page.goto(`${origin}/ca`);
	await shows(view.page, '#none', /没有要安装的证书/);
	assert.equal(await view.page.locator('#download').count(), 0);
	await faultless(view, 'ca-none');
});

test('the board leads devices to the CA', async (t) => {
	const { site, own, origin, plain } = await startOwn(t, {
		cert: async (folder) => {
			const made = await forge(folder, tempDir(t), `DNS:${NAME},IP:127.0.0.1`, 'serverAuth', 20);
			for (const [from, name] of [[made.cert, 'soon.crt'], [made.key, 'soon.key']]) fs.copyFileSync(from, path.join(folder, name));
			return { cert: path.join(folder, 'soon.crt'), key: path.join(folder, 'soon.key') };
		},
	});
	const view = await open(t, origin, { folder: own.folder });
	const { page } = view;
	await page.goto(`${origin}/setup#${site.setupCode}`);
	await page.fill('#name', '指挥屏一号');
	await page.click('button[type=submit]');
	await page.waitForURL('**/board');
	await page.waitForSelector('.live[data-state=live]');
	const openDialog = async () => {
		await page.click('[data-tool=lock]');
		await page.locator('dialog .facts').waitFor();
	};

	await t.test('its own cookie is one that only TLS carries', async () => {
		const cookies = await view.context.cookies();
		assert.deepEqual(cookies.map(({ name, secure, httpOnly, sameSite }) => ({ name, secure, httpOnly, sameSite })),
			[{ name: '__Host-vaxline', secure: true, httpOnly: true, sameSite: 'Strict' }]);
	});

	await t.test('by a QR of the plain address, with the fingerprint', async () => {
		await openDialog();
		await shows(page, 'dialog .link', `${plain}/ca`);
		assert.equal((await page.locator('.fingerprint').innerText()).replace(/\s/g, ''),
			new X509Certificate(own.ca).fingerprint256.replaceAll(':', ''));
		const picture = page.locator('dialog .qr');
		assert.ok(await picture.evaluate((img) => img.decode().then(() => img.naturalWidth > 0)));
		const shot = path.join(tempDir(t), 'qr.png');
		await picture.screenshot({ path: shot });
		assert.equal((await run(['-q', '--raw', shot], { program: 'zbarimg' })).stdout.trim(), `${plain}/ca`);
	});

	await t.test('what is left of a certificate that ends soon is marked, with how to renew it', async () => {
		await says(page.locator('dialog .until .mark'), /还有 (19|20) 天/);
		await shows(page, 'dialog .notice.look code', 'vaxline tls renew');
		await page.keyboard.press('Escape');
		await faultlessEverywhere(view, 'board-trust', openDialog);
	});

	await t.test('after the renewal it is calm', async () => {
		fs.copyFileSync(path.join(own.folder, 'server.crt'), path.join(own.folder, 'soon.crt'));
		fs.copyFileSync(path.join(own.folder, 'server.key'), path.join(own.folder, 'soon.key'));
		process.kill(site.child.pid, 'SIGHUP');
		await waitFor(() => /certificate_loaded/.test(site.stderr), 'the new certificate');
		await openDialog();
		await says(page.locator('dialog .until'), /还有 39[56] 天/);
		assert.equal(await page.locator('dialog .mark').count(), 0);
		await faultless(view, 'board-trust-calm');
	});
});

test('a board without TLS is told what is missing', async (t) => {
	const site = await startSite({ enrol: false }, t);
	const origin = `http://127.0.0.1:${site.port}`;
	const view = await openPage(t, origin);
	await view.page.goto(`${origin}/setup#${site.setupCode}`);
	await view.page.fill('#name', 'x');
	await view.page.click('button[type=submit]');
	await view.page.waitForSelector('.live[data-state=live]');
	await view.page.click('[data-tool=lock]');
	await shows(view.page, 'dialog .notice code', 'vaxline tls init');
	await faultless(view, 'board-trust-none');
});
