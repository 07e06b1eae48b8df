// The OpenAPI document and the server say the same: routes, codes, names. And the document holds together.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { ROOT, run } from '../lib/site.mjs';

const document = JSON.parse(fs.readFileSync(path.join(ROOT, 'kiosk/pages/openapi.json'), 'utf8'));
const header = (name) => fs.readFileSync(path.join(ROOT, 'include', name), 'utf8');
const METHODS = ['get', 'post', 'put', 'delete'];
const { schemas } = document.components;

const operations = Object.entries(document.paths).flatMap(([where, item]) =>
	METHODS.filter((method) => item[method]).map((method) => ({ where, method, item, op: item[method] })));

// The names of one X-macro list, without "none".
function names(text, macro) {
	const list = text.slice(text.indexOf(`#define ${macro}(X)`)).split('\n\n')[0];
	return [...list.matchAll(/X\(\w+, "([\w-]+)"/g)].map((match) => match[1]).filter((name) => name !== 'none');
}

function* nodes(value, at = '#') {
	if (typeof value !== 'object' || value === null) return;
	yield [at, value];
	for (const [key, child] of Object.entries(value)) yield* nodes(child, `${at}/${key}`);
}

test('it is OpenAPI 3.1', () => {
	assert.match(document.openapi, /^3\.1\./);
	assert.ok(document.info.title && document.info.version && document.info.description);
});

test('every route of the server stands in it, and no other', async () => {
	const out = await run(['routes']);
	assert.equal(out.code, 0, out.stderr);
	const served = out.stdout.trim().split('\n').map((line) => line.replace('...}', '}'));
	const written = operations.map(({ where, method }) => `${method.toUpperCase()} ${where}`);
	assert.deepEqual(written.sort(), served.sort());
});

test('every code of a verdict stands in it', () => {
	const verdicts = [...header('verdict.h').matchAll(/X\(VERDICT_\w+, "(\w+)", (\d+),/g)];
	assert.ok(verdicts.length > 40);
	for (const [, code, status] of verdicts) {
		const schema = status === '200' ? 'AnswerCode' : 'ProblemCode';
		assert.ok(schemas[schema].enum.includes(code), `${schema}: ${code}`);
	}
});

test('every code that the server sends by itself stands in it', () => {
	const folder = path.join(ROOT, 'server');
	const sources = fs.readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.c'))
		.map((name) => fs.readFileSync(path.join(folder, name), 'utf8'));
	const sent = sources.flatMap((text) =>
		[...text.matchAll(/(?:app_problem|reply_problem)\([^;"]*?\b[45]\d\d, "(\w+)"/g)].map((match) => match[1]));
	assert.ok(new Set(sent).size > 5, 'the pattern finds them');
	for (const code of sent) assert.ok(schemas.ProblemCode.enum.includes(code), code);
});

test('the names of the product are the same in both', () => {
	const text = header('names.h');
	assert.deepEqual(schemas.State.enum, names(text, 'VISIT_STATES'));
	assert.deepEqual(schemas.Stage.enum, names(text, 'STAGES'));
	assert.deepEqual(schemas.Language.enum, names(text, 'LANGUAGES'));
	assert.deepEqual(schemas.DeviceKind.enum, names(text, 'DEVICE_KINDS'));
	assert.deepEqual(schemas.Alert.properties.kind.enum, names(text, 'ALERT_KINDS'));
	assert.deepEqual(schemas.Alert.properties.state.enum, names(text, 'ALERT_STATES'));
	assert.deepEqual(schemas.Event.properties.type.enum, names(text, 'EVENT_TYPES'));
	for (const action of document.components.parameters.action.schema.enum) {
		assert.ok(names(text, 'ACTIONS').includes(action), action);
	}
});

test('every reference leads somewhere, and every part is used', () => {
	const used = new Set();
	for (const [at, node] of nodes(document)) {
		if (typeof node.$ref !== 'string') continue;
		const target = node.$ref.split('/').slice(1).reduce((value, key) => value?.[key], document);
		assert.ok(target, `${at}: ${node.$ref}`);
		used.add(node.$ref);
	}
	for (const kind of ['schemas', 'parameters', 'responses']) {
		for (const name of Object.keys(document.components[kind])) {
			assert.ok(used.has(`#/components/${kind}/${name}`), `${kind}/${name} is not used`);
		}
	}
});

test('every operation says what it does, who may, what it takes and what it answers', () => {
	const ids = new Set();
	for (const { where, method, item, op } of operations) {
		const name = `${method} ${where}`;
		assert.ok(op.operationId && !ids.has(op.operationId), name);
		ids.add(op.operationId);
		assert.ok(op.summary, name);
		assert.ok(op.security, name);
		assert.ok(Object.keys(op.responses).some((status) => /^[23]/.test(status)), name);
		const parameters = [...(item.parameters ?? []), ...(op.parameters ?? [])]
			.map((p) => (p.$ref ? document.components.parameters[p.$ref.split('/').pop()] : p));
		const inPath = parameters.filter((p) => p.in === 'path').map((p) => p.name);
		assert.deepEqual(inPath.sort(), [...where.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort(), name);
		if (method === 'post' || method === 'put') assert.ok(op.requestBody, name);
	}
});

test('required members exist', () => {
	for (const [at, node] of nodes(document)) {
		if (!Array.isArray(node.required) || !node.properties) continue;
		for (const member of node.required) assert.ok(node.properties[member], `${at}: ${member}`);
	}
});
