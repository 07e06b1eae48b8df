// What the server sent, held against the OpenAPI document: as far as that uses JSON Schema, and with no member that it does
// not name.
import fs from 'node:fs';
import path from 'node:path';
import { ROOT } from './ground.mjs';

const document = JSON.parse(fs.readFileSync(path.join(ROOT, 'kiosk/pages/openapi.json'), 'utf8'));

const IS = {
	object: (v) => typeof v === 'object' && v !== null && !Array.isArray(v),
	array: Array.isArray,
	string: (v) => typeof v === 'string',
	integer: Number.isInteger,
	number: (v) => typeof v === 'number',
	boolean: (v) => typeof v === 'boolean',
	null: (v) => v === null,
};

function* wrongObject(schema, value, at) {
	for (const name of schema.required ?? []) if (!(name in value)) yield `${at}.${name} is missing`;
	for (const [name, member] of Object.entries(value)) {
		const known = schema.properties?.[name] ?? schema.additionalProperties;
		if (known) yield* wrong(known, member, `${at}.${name}`);
		else if (schema.properties) yield `${at}.${name} is not in the document`;
	}
}

function* wrong(schema, value, at) {
	if (schema.$ref) {
		yield* wrong(schema.$ref.split('/').slice(1).reduce((v, key) => v[key], document), value, at);
		return;
	}
	if (schema.oneOf) {
		const tried = schema.oneOf.map((one) => [...wrong(one, value, at)]);
		if (!tried.some((list) => list.length === 0)) yield tried.map((list) => list[0]).join(', or ');
		return;
	}
	const types = [schema.type ?? []].flat();
	if (types.length && !types.some((type) => IS[type](value))) {
		yield `${at} is no ${types.join(' or ')}: ${JSON.stringify(value)}`;
		return;
	}
	if (schema.enum && !schema.enum.includes(value)) yield `${at}: ${JSON.stringify(value)} is no value of it`;
	if (typeof value === 'number' && value < schema.minimum) yield `${at}: ${value} is less than ${schema.minimum}`;
	if (schema.format === 'date-time' && value !== null && new Date(value).toISOString() !== value) yield `${at}: ${value} is no time`;
	if (IS.object(value)) yield* wrongObject(schema, value, at);
	if (IS.array(value) && schema.items) for (const [i, item] of value.entries()) yield* wrong(schema.items, item, `${at}[${i}]`);
}

// What is wrong with a value by the schema of this name; [] where nothing is.
export function misfits(name, value) {
	return [...wrong({ $ref: `#/components/schemas/${name}` }, value, name)];
}
