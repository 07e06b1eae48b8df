// The alarm table of the design as a test sees it: one row a kind, with what brings it about, when, and what ends it.
//
//   time    arrange() -> {subject, due}        raised when the clock comes to `due`; its id is kind-subject-due
//   acts    arrange() -> {subject, at, other}  raised by act() at `at` and not at `other`; its id is its event's
//   later   what an open alarm does by itself, so long after it was raised
//   ways    what settles it: the word of `settled_by` (and ": how", where there is more than one), and the doing of it
//
// `limits` are the design's and another set, each with the configuration that says so. The alarms of the machine (storage,
// disk, clock) are played by tests/faults/alarm_edges.test.mjs itself: `shell`.
import assert from 'node:assert/strict';
import { Hall, accepted, noted, refused } from './hall.mjs';
import { MINUTE, SECOND } from './site.mjs';

const ms = (time) => Date.parse(time);
const visit = (person) => Object.assign(person, { subject: person.id });
export const byHand = async ({ board }, { alarm }, outcome = 'looked after') => {
	const answer = await board.post(`/api/alerts/${alarm.id}/settle`, { outcome });
	assert.equal(answer.status, 200, answer.text);
};
const does = (action, more) => (scene, who) => scene.hall.do(who, action, more);
const both = (minutes, other, config) => [
	{ name: 'as designed', limit: minutes, config: {} },
	{ name: 'as configured', limit: other, config: config(other) },
];

// A person in observation whose time begins now.
async function seated({ hall }) {
	const person = visit(await hall.observing());
	return Object.assign(person, { leaves: ms(person.visit.due_at) });
}

// Somebody in observation who tries to leave a minute before the time.
async function tried(scene) {
	const person = await seated(scene);
	await scene.site.advanceTo(person.leaves - MINUTE);
	refused(await scene.staff.exit.scan(person.token), 'not_due');
	return person;
}

const unwell = {
	urgency: 3,
	limits: [
		{ name: 'as designed', config: {}, first: 30 * SECOND, second: 60 * SECOND },
		{ name: 'as configured', config: { alerts: { escalate_first_seconds: 7, escalate_second_seconds: 41 } }, first: 7 * SECOND, second: 41 * SECOND },
	],
	acts: {
		'by a code': {
			arrange: async ({ hall }) => visit(await hall.waiting()),
			act: async ({ staff }, who) => accepted(await staff.kiosk.unwell({ code: who.token }), 'unwell'),
		},
		'from the chair': {
			arrange: async (scene) => seated(scene),
			act: async ({ staff }, who) => accepted(await staff.observation.act(who.token, 'unwell'), 'unwell'),
		},
	},
	later: [
		{ after: (l) => l.first, event: 'alert_escalated', is: async (scene, who, alarm) => alarm.escalated >= 1 },
		{ after: (l) => l.second, event: 'alert_escalated', is: async (scene, who, alarm) => alarm.escalated >= 2 },
	],
	ways: { cleared: does('clear'), transferred: does('transfer') },
};

const earlyExit = {
	urgency: 3,
	limits: [
		{ name: 'as designed', config: {}, open: 3 * MINUTE },
		{ name: 'as configured', config: { observation: { minutes: 20 }, exit: { early_minutes: 5 } }, open: 5 * MINUTE },
	],
	acts: {
		'at the exit': {
			arrange: async (scene) => {
				const person = await seated(scene);
				return Object.assign(person, { at: person.leaves - 1, other: person.leaves });
			},
			act: async ({ staff }, who) => {
				const answer = await staff.exit.scan(who.token);
				return answer.status === 409 ? refused(answer, 'not_due') : accepted(answer, 'release', 'completed');
			},
		},
	},
	later: [
		{ after: (l) => l.open, event: 'left_early', is: async ({ board }, who) => (await board.visit(who.token)).state === 'left_early' },
	],
	ways: {
		returned: does('returned'),
		seen: does('seen'),
		walked_out: does('walked_out'),
		moved: does('move', { stage: 'observation' }),
		unwell: does('unwell'),
		released: async (scene, who) => {
			await scene.site.advanceTo(who.leaves);
			accepted(await scene.staff.exit.scan(who.token), 'release', 'completed');
		},
		arrived: {
			arrange: async (scene) => {
				const person = visit(await scene.hall.injected());
				return Object.assign(person, { at: ms(person.visit.injected_at) });
			},
			settle: does('arrive'),
		},
	},
};

const neverArrived = {
	urgency: 2,
	limits: both(5 * MINUTE, 8 * MINUTE, (l) => ({ observation: { arrive_minutes: l / MINUTE } })),
	time: {
		arrange: async ({ hall }, { limit }) => {
			const person = visit(await hall.injected());
			return Object.assign(person, { leaves: ms(person.visit.due_at), due: ms(person.visit.injected_at) + limit });
		},
	},
	ways: {
		arrived: does('arrive'),
		seen: { settle: async ({ hall, board }, who) => accepted(await board.act(who.token, 'seen'), 'arrive'), outcome: 'arrived' },
		moved: does('move', { stage: 'observation' }),
		unwell: does('unwell'),
		walked_out: does('walked_out'),
		released: async (scene, who) => {
			await scene.site.advanceTo(who.leaves);
			await scene.hall.do(who, 'release', { reason: 'sat in the wrong room' });
		},
		returned: async (scene, who) => {
			refused(await scene.staff.exit.scan(who.token), 'not_due');
			await scene.site.advance(3 * MINUTE); // it is an early leaver now, and nobody has seen it yet
			await scene.hall.do(who, 'returned');
		},
	},
};

const overstay = {
	urgency: 1,
	limits: both(15 * MINUTE, 4 * MINUTE, (l) => ({ observation: { overstay_minutes: l / MINUTE } })),
	time: {
		arrange: async (scene, { limit }) => {
			const person = await seated(scene);
			return Object.assign(person, { due: person.leaves + limit });
		},
	},
	waysConfig: { exit: { early_minutes: 30 } },
	ways: {
		released: async ({ staff }, who) => accepted(await staff.exit.scan(who.token), 'release', 'completed'),
		walked_out: does('walked_out'),
		extended: does('extend', { minutes: 40, reason: 'pale' }),
		unwell: does('unwell'),
		left_early: {
			arrange: async (scene, { limit }) => {
				const person = await tried(scene);
				return Object.assign(person, { due: person.leaves + limit });
			},
			settle: async ({ site }, who) => site.advanceTo(who.leaves + 29 * MINUTE),
		},
	},
};

const missing = {
	urgency: 3,
	limits: [{ name: 'as designed', config: {} }],
	acts: {
		'when a roll call ends': {
			// Seen last a moment before it began, or as it began.
			arrange: async (scene, limits, raises) => {
				const person = await seated(scene);
				await scene.site.advance(MINUTE);
				await scene.hall.do(person, 'seen');
				if (raises) await scene.site.advance(1);
				accepted(await scene.board.post('/api/site/roll_call_start'));
				return Object.assign(person, { at: (await scene.site.clock()).now, other: (await scene.site.clock()).now });
			},
			act: async ({ board }) => accepted(await board.post('/api/site/roll_call_end')),
		},
	},
	ways: {
		seen: does('seen'),
		walked_out: does('walked_out'),
		moved: does('move', { stage: 'observation' }),
		unwell: does('unwell'),
		released: async (scene, who) => {
			await scene.site.advanceTo(who.leaves);
			await scene.hall.do(who, 'release');
		},
		returned: async (scene, who) => {
			refused(await scene.staff.exit.scan(who.token), 'not_due');
			await scene.hall.do(who, 'returned');
		},
		left_early: async (scene, who) => {
			refused(await scene.staff.exit.scan(who.token), 'not_due');
			await scene.site.advance(3 * MINUTE);
		},
		arrived: {
			arrange: async (scene) => {
				const person = await seated(scene);
				await scene.site.advance(SECOND);
				accepted(await scene.board.post('/api/site/roll_call_start'));
				return Object.assign(person, { at: (await scene.site.clock()).now });
			},
			settle: async (scene, who) => {
				await scene.hall.do(who, 'undo'); // another ticket was meant
				await scene.hall.do(who, 'arrive');
			},
		},
	},
};

const callExpired = {
	urgency: 1,
	limits: both(3 * MINUTE, MINUTE, (l) => ({ queue: { call_minutes: l / MINUTE } })),
	waysConfig: { queue: { undo_seconds: 600 } },
	time: {
		arrange: async ({ site, hall, board }, { limit }) => {
			const person = visit(await hall.waiting());
			const call = await board.desk('registration-1', 'call');
			assert.equal(call.body.visit?.id, person.id, call.text);
			return Object.assign(person, { due: (await site.clock()).now + limit });
		},
		also: (alarm) => assert.equal(alarm.desk, 'registration-1'),
	},
	ways: {
		left: does('leave'),
		parked: does('park'),
		unwell: does('unwell'),
		started: async (scene, who) => {
			await scene.hall.do(who, 'start', { desk: 'registration-1' });
			await scene.hall.do(who, 'finish');
		},
		no_show: async (scene, who) => {
			await scene.hall.do(who, 'no_show');
			scene.after = () => scene.hall.do(who, 'leave');
		},
		moved: async (scene, who) => {
			await scene.hall.do(who, 'move', { stage: 'registration' });
			scene.after = () => scene.hall.do(who, 'leave');
		},
		undone: async (scene, who) => {
			await scene.hall.do(who, 'undo');
			scene.after = () => scene.hall.do(who, 'leave');
		},
		given_back: async (scene, who) => {
			assert.equal((await scene.board.desk('registration-1', 'close')).status, 200);
			scene.after = async () => {
				await scene.hall.do(who, 'leave');
				assert.equal((await scene.board.desk('registration-1', 'open')).status, 200);
			};
		},
	},
};

// Three wait, a minute apart: by nearest rank the second is the median.
const waitLong = {
	urgency: 1,
	overByLimit: true, // over where another configuration allows more
	limits: both(30 * MINUTE, 12 * MINUTE, (l) => ({ alerts: { wait_long_minutes: l / MINUTE } })),
	time: {
		arrange: async ({ site, hall }, { limit }) => {
			const people = [await hall.waiting()];
			for (let i = 0; i < 2; i++) {
				await site.advance(MINUTE);
				people.push(await hall.waiting());
			}
			return { subject: 'registration', people, due: ms(people[1].visit.arrived_at) + limit };
		},
	},
	ways: {
		'by_itself: nobody waits any more': {
			settle: async ({ hall }, { people }) => {
				for (const person of people) await hall.do(person, 'leave');
			},
			outcome: 'waits_shorter',
		},
		'by_itself: the median is shorter again': {
			settle: async (scene, { people }) => {
				for (let i = 0; i < 3; i++) people.push(await scene.hall.waiting());
				scene.after = async () => {
					for (const person of people) await scene.hall.do(person, 'leave');
				};
			},
			outcome: 'waits_shorter',
		},
	},
};

const seatsFull = {
	urgency: 1,
	limits: both(2 * MINUTE, 75 * SECOND, (l) => ({ observation: { seats: 1 }, alerts: { seats_full_seconds: l / SECOND } })),
	time: {
		arrange: async (scene, { limit }) => {
			const holds = await seated(scene);
			await scene.site.advance(MINUTE);
			const next = await scene.hall.waiting('injection');
			return { subject: 'injection', holds, next, due: (await scene.site.clock()).now + limit };
		},
	},
	ways: {
		'by_itself: nobody waits for a seat': {
			settle: async (scene, { holds, next }) => {
				await scene.hall.do(next, 'leave');
				scene.after = async () => {
					await scene.site.advanceTo(holds.leaves);
					await scene.hall.do(holds, 'release');
				};
			},
			outcome: 'calls_resumed',
		},
		'by_itself: a seat is free': {
			settle: async (scene, { holds, next }) => {
				await scene.site.advanceTo(holds.leaves);
				await scene.hall.do(holds, 'release');
				scene.after = () => scene.hall.do(next, 'leave');
			},
			outcome: 'calls_resumed',
		},
		'by_itself: the time of who went early is over': {
			settle: async (scene, { holds, next }) => {
				await scene.hall.do(holds, 'walked_out');
				await scene.site.advanceTo(holds.leaves);
				scene.after = () => scene.hall.do(next, 'leave');
			},
			outcome: 'calls_resumed',
		},
	},
};
seatsFull.limits[0].config = { observation: { seats: 1 } };

// Scanned where nothing comes of it but an answer.
const glance = async (client, person) => noted(await client.scan(person.token), 'where_to_go');

const ticketReused = {
	urgency: 2,
	limits: both(10 * SECOND, 4 * SECOND, (l) => ({ exit: { reused_seconds: l / SECOND } })),
	acts: {
		'at two places': {
			arrange: async (scene, { limit }) => {
				const person = visit(await scene.hall.waiting());
				await glance(scene.staff.kiosk, person);
				const { now } = await scene.site.clock();
				return Object.assign(person, { at: now + limit, other: now + limit + 1 });
			},
			act: async ({ staff }, who) => glance(staff.second, who),
		},
		'at a kiosk after its end': {
			arrange: async (scene, limits, raises) => visit(await (raises ? scene.hall.bring('left') : scene.hall.bring('parked'))),
			act: async ({ staff }, who) => {
				const answer = await staff.kiosk.scan(who.token);
				if (answer.status === 409) refused(answer, 'ticket_ended');
			},
		},
		'at the exit after its end': {
			arrange: async (scene, limits, raises) => visit(await scene.hall.bring(raises ? 'completed' : 'deferred')),
			act: async ({ staff }, who) => {
				const answer = await staff.exit.scan(who.token);
				return answer.status === 409 ? refused(answer, 'ticket_ended') : noted(answer, 'free_to_go');
			},
		},
		'of one that was replaced': {
			arrange: async (scene, limits, raises) => {
				const person = visit(await scene.hall.waiting());
				const { ticket } = accepted(await scene.board.act(person.token, 'reissue'));
				return Object.assign(person, { scans: raises ? person.token : ticket.token });
			},
			act: async ({ staff }, who) => {
				const answer = await staff.kiosk.scan(who.scans);
				if (answer.status === 409) refused(answer, 'ticket_ended');
			},
		},
	},
	ways: { by_hand: { settle: byHand, outcome: 'looked after' } },
};

// What was before the start of a process is not known to it: then all were heard.
const heard = async (client) => assert.equal((await client.get('/api/site')).status, 200);

// Who, and for those who need not be there always, what makes them needed.
const DEVICES = {
	kiosk: ['kiosk'],
	display: ['display'],
	exit: ['exit'],
	'screen in observation': ['observation'],
	'handheld at a desk that has called': ['handheld', 'consent-3', async ({ hall, board }) => {
		const person = await hall.waiting('consent');
		const call = await board.desk('consent-3', 'call');
		assert.equal(call.body.visit?.id, person.id, call.text);
		return () => hall.do(person, 'leave');
	}],
	'handheld at a desk that serves': ['handheld', 'injection-3', async ({ hall }) => {
		const person = await hall.do(await hall.waiting('injection'), 'start', { desk: 'injection-3' });
		return () => hall.do(person, 'defer', { reason: 'fever' });
	}],
	'handheld in observation': ['handheld', 'observation', async ({ site, hall }) => {
		const person = await hall.observing();
		return async () => {
			await site.advanceTo(ms(person.visit.due_at));
			await hall.do(person, 'release');
		};
	}],
	'handheld in treatment': ['handheld', 'treatment', async ({ hall }) => {
		const person = await hall.bring('unwell');
		return () => hall.do(person, 'transfer');
	}],
};

const silence = (name, [kind, desk, needed]) => ({
	once: !['kiosk', 'handheld in observation'].includes(name), // the limit is the same for all
	arrange: async (scene, { limit }) => {
		const { site } = scene;
		const client = await site.device(kind, kind, desk);
		const who = { subject: client.device.id, client };
		if (needed) {
			await site.advance(2 * limit);
			assert.deepEqual((await scene.board.view('alerts')).alerts, [], 'nobody needs it');
			scene.after = await needed(scene);
		}
		await heard(client);
		who.due = (await site.clock()).now + limit;
		return who;
	},
	afresh: (who, start, { limit }) => start + limit,
});

const deviceSilent = {
	urgency: 1,
	lonely: true, // no device but the board and the one that falls silent
	limits: [
		{ name: 'as designed', limit: 30 * SECOND, config: { alerts: { device_silent_seconds: 30 } } },
		{ name: 'as configured', limit: 12 * SECOND, config: { alerts: { device_silent_seconds: 12 } } },
	],
	times: Object.fromEntries(Object.entries(DEVICES).map(([name, of]) => [name, silence(name, of)])),
	ways: {
		'by_itself: heard again': {
			settle: async (scene, { client, subject }) => {
				await heard(client);
				const { after } = scene;
				scene.after = async () => {
					assert.equal((await scene.board.delete(`/api/devices/${subject}`)).status, 200);
					await after?.();
				};
			},
			outcome: 'heard',
		},
		'by_itself: revoked': {
			settle: async ({ board }, { subject }) => {
				assert.equal((await board.delete(`/api/devices/${subject}`)).status, 200);
			},
			outcome: 'revoked',
		},
	},
};

export const ROWS = {
	unwell,
	early_exit: earlyExit,
	never_arrived: neverArrived,
	overstay,
	missing,
	call_expired: callExpired,
	wait_long: waitLong,
	seats_full: seatsFull,
	ticket_reused: ticketReused,
	device_silent: deviceSilent,
	storage_down: { urgency: 2, shell: true, settledBy: ['by_itself'] },
	storage_lost: { urgency: 3, shell: true, settledBy: ['by_hand'] },
	disk_low: { urgency: 2, shell: true, settledBy: ['by_itself'] },
	clock_doubt: { urgency: 2, shell: true, settledBy: ['by_hand'] },
};
