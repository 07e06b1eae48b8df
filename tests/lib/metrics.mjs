// Reads the text format 0.0.4 of Prometheus as its strictest reader would, and asks it for values.
import assert from 'node:assert/strict';

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/;
const VALUE = /^(?:[+-]?Inf|NaN|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/;

function labelsOf(text, line) {
	const labels = {};
	for (let rest = text; rest;) {
		const found = LABEL.exec(rest);
		assert.ok(found && !(found[1] in labels), line);
		labels[found[1]] = found[2].replace(/\\(.)/g, (_, c) => (c === 'n' ? '\n' : c));
		rest = rest.slice(found[0].length);
		assert.ok(found[3] === '' || rest, line); // no comma at the end
	}
	return labels;
}

function number(text, line) {
	assert.match(text, VALUE, line);
	return text.endsWith('Inf') ? Infinity * (text[0] === '-' ? -1 : 1) : Number(text);
}

const key = (name, labels) => `${name}${JSON.stringify(Object.entries(labels).sort())}`;

function checkHistogram(family) {
	const series = new Map();
	for (const { name, labels, value } of family.samples) {
		const { le, ...rest } = labels;
		const one = key('', rest);
		if (!series.has(one)) series.set(one, { buckets: [] });
		const part = name.slice(family.name.length + 1);
		if (part === 'bucket') series.get(one).buckets.push([number(le, name), value]);
		else series.get(one)[part] = value;
	}
	for (const [one, { buckets, sum, count }] of series) {
		const where = `${family.name} ${one}`;
		assert.equal(buckets.at(-1)[0], Infinity, where);
		for (let i = 1; i < buckets.length; i++) {
			assert.ok(buckets[i][0] > buckets[i - 1][0], `${where}: bounds ascend`);
			assert.ok(buckets[i][1] >= buckets[i - 1][1], `${where}: buckets are cumulative`);
		}
		assert.equal(buckets.at(-1)[1], count, `${where}: +Inf is the count`);
		assert.ok(sum >= 0 && (count > 0 || sum === 0), where);
		// The sum lies between what the buckets say at least and at most.
		let least = 0;
		let most = 0;
		for (let i = 0; i < buckets.length; i++) {
			const n = buckets[i][1] - (i ? buckets[i - 1][1] : 0);
			least += n * (i ? buckets[i - 1][0] : 0);
			most += n ? n * buckets[i][0] : 0;
		}
		assert.ok(sum >= least - 1e-9 && sum <= most + 1e-9, `${where}: ${least} <= ${sum} <= ${most}`);
	}
}

export class Metrics {
	constructor(text) {
		this.families = new Map();
		this.samples = new Map();
		assert.ok(text.endsWith('\n'), 'the last line ends');
		const lines = text.slice(0, -1).split('\n');
		let family;
		for (let i = 0; i < lines.length; i++) {
			const line = lines[i];
			const help = /^# HELP (\S+) (\S.*)$/.exec(line);
			if (!help) {
				this.sample(family, line);
				continue;
			}
			const type = /^# TYPE (\S+) (counter|gauge|histogram)$/.exec(lines[++i] ?? '');
			assert.ok(type && type[1] === help[1] && NAME.test(help[1]), `HELP and TYPE: ${line}`);
			assert.ok(!this.families.has(help[1]), `twice: ${help[1]}`);
			family = { name: help[1], help: help[2], type: type[2], samples: [] };
			this.families.set(family.name, family);
		}
		for (const one of this.families.values()) this.check(one);
	}

	sample(family, line) {
		const found = /^([^{ ]+)(?:\{(.*)\})? (\S+)$/.exec(line);
		assert.ok(found && family, line);
		const [, name, labels = '', value] = found;
		const parts = family.type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
		assert.ok(parts.some((part) => name === family.name + part), `${line} stands below ${family.name}`);
		const sample = { name, labels: labelsOf(labels, line), value: number(value, line) };
		assert.ok(!this.samples.has(key(name, sample.labels)), `twice: ${line}`);
		this.samples.set(key(name, sample.labels), sample.value);
		family.samples.push(sample);
	}

	check({ name, type, samples }) {
		assert.equal(name.endsWith('_total'), type === 'counter', `${name}: counters alone end in _total`);
		const labels = new Set(samples.map((s) => Object.keys(s.labels).filter((l) => l !== 'le').sort().join()));
		assert.ok(labels.size <= 1, `${name}: one set of labels`);
		for (const { value } of samples) assert.ok(Number.isFinite(value) && value >= 0, `${name} ${value}`);
		if (type === 'histogram') checkHistogram({ name, samples });
	}

	// The value of a sample; 0 where it was not counted yet.
	get(name, labels = {}) {
		return this.samples.get(key(name, labels)) ?? 0;
	}

	// Of all samples of a name, by the value of one label.
	by(name, label) {
		const family = this.families.get(name);
		assert.ok(family, name);
		return Object.fromEntries(family.samples.map((s) => [s.labels[label], s.value]));
	}
}

export async function metricsOf(site) {
	const answer = await site.nobody().get('/metrics');
	assert.equal(answer.status, 200, answer.text);
	assert.equal(answer.headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
	return new Metrics(answer.text);
}
