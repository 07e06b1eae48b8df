// The pages' texts: the same keys in three languages, and every key that the pages and the server's names need.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { ROOT } from '../lib/site.mjs';

const PAGES = path.join(ROOT, 'kiosk/pages');
const LANGUAGES = ['zh-Hans', 'zh-Hant', 'en'];
const texts = Object.fromEntries(LANGUAGES.map((id) =>
	[id, JSON.parse(fs.readFileSync(path.join(PAGES, 'messages', `${id}.json`), 'utf8'))]));
const modules = fs.readdirSync(PAGES).filter((name) => name.endsWith('.mjs'))
	.map((name) => [name, fs.readFileSync(path.join(PAGES, name), 'utf8')]);
const schemas = JSON.parse(fs.readFileSync(path.join(PAGES, 'openapi.json'), 'utf8')).components.schemas;

test('the three languages have the same keys, each with a text', () => {
	for (const id of LANGUAGES) {
		assert.deepEqual(Object.keys(texts[id]).sort(), Object.keys(texts.en).sort(), id);
		for (const [key, text] of Object.entries(texts[id])) assert.ok(text.trim().length > 0, `${id} ${key}`);
	}
});

test('a text has the same arguments in each language', () => {
	const names = (text) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();
	for (const id of LANGUAGES) {
		for (const [key, text] of Object.entries(texts[id])) {
			assert.deepEqual(names(text), names(texts.en[key]), `${id} ${key}`);
		}
	}
});

test('Chinese texts hold Chinese, each in its own script', () => {
	const onlySimplified = /[个发这说时间开关设备会员认错误现观区应处继续]/;
	const onlyTraditional = /[個發這說時間開關設備會員認錯誤現觀區應處繼續]/;
	for (const [key, text] of Object.entries(texts['zh-Hant'])) assert.doesNotMatch(text, onlySimplified, `zh-Hant ${key}`);
	for (const [key, text] of Object.entries(texts['zh-Hans'])) assert.doesNotMatch(text, onlyTraditional, `zh-Hans ${key}`);
});

test('every key that the pages name has a text', () => {
	for (const [name, source] of modules) {
		for (const [, key] of source.matchAll(/\bt\("([^"]+)"/g)) assert.ok(texts.en[key], `${name}: ${key}`);
	}
});

test('every name of the server that a page may show has a text', () => {
	const wanted = [
		...schemas.State.enum.map((v) => `state.${v}`), ...schemas.Stage.enum.map((v) => `stage.${v}`),
		...schemas.DeviceKind.enum.map((v) => `kind.${v}`), ...schemas.Alert.properties.kind.enum.map((v) => `alert.${v}`),
	];
	for (const key of wanted) assert.ok(texts.en[key], key);
});

test('every text is used', () => {
	const source = modules.map(([, text]) => text).join('\n');
	const made = [...source.matchAll(/`([\w.]*)\$\{/g)].map((match) => match[1]).filter((prefix) => prefix.includes('.'));
	const whole = /["`]([\w]+\.[\w]+)["`]/g;
	const named = new Set([...source.matchAll(whole)].map((match) => match[1]));
	for (const key of Object.keys(texts.en)) {
		const page = /^(setup|enrol)\.(title|lead)$/.test(key);
		assert.ok(page || named.has(key) || made.some((prefix) => key.startsWith(prefix)), key);
	}
});

test('pages put no markup together and hold no inline script or style', () => {
	for (const [name, source] of modules) {
		assert.doesNotMatch(source, /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|randomUUID\(/, name);
	}
	for (const name of fs.readdirSync(PAGES).filter((file) => file.endsWith('.html'))) {
		const html = fs.readFileSync(path.join(PAGES, name), 'utf8');
		assert.doesNotMatch(html, /<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)|https?:\/\//, name);
	}
});
