// People brought to where a test needs them, and what an answer is held against.
import assert from 'node:assert/strict';

// A visit that was refused, noted or accepted, as the contract writes it.
export function accepted(answer, code, state) {
	assert.equal(answer.status, 200, answer.text);
	assert.equal(answer.body.outcome, 'accepted', answer.text);
	if (code) assert.equal(answer.body.code, code, answer.text);
	if (state) assert.equal(answer.body.visit.state, state, answer.text);
	return answer.body;
}

export function noted(answer, code, state) {
	assert.equal(answer.status, 200, answer.text);
	assert.equal(answer.body.outcome, 'noted', answer.text);
	assert.equal(answer.body.code, code, answer.text);
	if (state) assert.equal(answer.body.visit.state, state, answer.text);
	return answer.body;
}

export function refused(answer, code, status = 409) {
	assert.equal(answer.status, status, answer.text);
	assert.match(answer.headers['content-type'], /^application\/problem\+json/);
	assert.equal(answer.body.code, code, answer.text);
	assert.equal(answer.body.status, status);
	assert.ok(answer.body.title?.length > 0 && answer.body.type?.length > 0, answer.text);
	return answer.body;
}

// The states that a walk-in can be brought to; the other two need a roster.
export const REACHABLE = [
	'queued', 'called', 'serving', 'parked', 'injected', 'observing', 'unwell', 'deferred', 'declined', 'left',
	'left_early', 'transferred', 'completed',
];
export const DOSE = { vaccine: 'inactivated', lot: 'L2026-11', dose: 1, checks: true };
const PASSAGE = { registration: 'registration-8', consent: 'consent-12', injection: 'injection-20' };
const WAY = ['registration', 'consent', 'injection'];

// The acts of a board, one by one, each accepted.
export class Hall {
	constructor(site, client = site.board) {
		this.site = site;
		this.client = client;
		this.taken = { registration: 7, consent: 11, injection: 19 }; // desks that keep whom they serve, from the last down
	}

	async do(person, action, more) {
		person.visit = accepted(await this.client.act(person.token, action, more), action).visit;
		return person;
	}

	// {token, number, id, visit}; waits at registration.
	async newcomer(person, more) {
		const { visit, ticket } = await this.client.walkIn(person, more);
		return { token: ticket.token, number: ticket.number, id: visit.id, visit, ticket };
	}

	// Queued at a stage, coming from the door.
	async waiting(stage = 'registration', person = undefined) {
		const someone = await this.newcomer(person);
		for (const passed of WAY.slice(0, WAY.indexOf(stage))) {
			await this.do(someone, 'start', { desk: PASSAGE[passed] });
			await this.do(someone, 'finish', { desk: PASSAGE[passed] });
		}
		assert.equal(someone.visit.state, 'queued');
		assert.equal(someone.visit.stage, stage);
		return someone;
	}

	// Served at a desk that nobody else uses, until it is finished.
	async served(stage = 'registration', desk = `${stage}-${this.taken[stage]--}`) {
		return this.do(await this.waiting(stage), 'start', { desk });
	}

	async injected(person) {
		const someone = await this.waiting('injection', person);
		await this.do(someone, 'start', { desk: PASSAGE.injection });
		return this.do(someone, 'inject', { desk: PASSAGE.injection, ...DOSE });
	}

	async observing(person) {
		return this.do(await this.injected(person), 'arrive');
	}

	// A newcomer in the state. `completed` moves the clock by the observation; `called` wants nobody else at consent.
	async bring(state) {
		switch (state) {
		case 'queued':
			return this.waiting();
		case 'called': {
			const someone = await this.waiting('consent');
			const called = await this.client.desk('consent-1', 'call');
			assert.equal(called.status, 200, called.text);
			assert.equal(called.body.visit.id, someone.id);
			someone.visit = called.body.visit;
			return someone;
		}
		case 'serving':
			return this.served();
		case 'parked':
			return this.do(await this.waiting(), 'park');
		case 'injected':
			return this.injected();
		case 'observing':
			return this.observing();
		case 'unwell':
			return this.do(await this.observing(), 'unwell');
		case 'deferred':
			return this.do(await this.passing('consent'), 'defer', { reason: 'fever' });
		case 'declined':
			return this.do(await this.passing('consent'), 'decline');
		case 'left':
			return this.do(await this.waiting(), 'leave');
		case 'left_early':
			return this.do(await this.observing(), 'walked_out');
		case 'transferred':
			return this.do(await this.bring('unwell'), 'transfer');
		case 'completed': {
			const someone = await this.observing();
			await this.site.advance(30 * 60_000);
			return this.do(someone, 'release');
		}
		default:
			throw new Error(`nobody can be brought to ${state}`);
		}
	}

	async passing(stage) {
		return this.do(await this.waiting(stage), 'start', { desk: PASSAGE[stage] });
	}
}

// The open and acknowledged alarms of a kind (and a visit).
export async function alarms(client, kind, visit) {
	const { alerts } = await client.view('alerts');
	return alerts.filter((a) => a.kind === kind && (visit === undefined || a.visit === visit));
}
