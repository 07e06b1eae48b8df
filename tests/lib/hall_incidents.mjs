// What befalls the site on a whole day, and what its office sets right. All of it happens between the acts of people: at its
// time nobody else is under way.
import assert from 'node:assert/strict';
import { MINUTE, SECOND, waitFor } from './ground.mjs';
import { HallPeople } from './hall_people.mjs';
import { metrics } from './hall_shown.mjs';
import { refusal } from './people.mjs';

const OFFICE = ['08:20', '08:50', '09:20', '09:50', '10:20', '10:50', '11:20', '11:50', '12:20', '12:50', '13:20', '13:50', '14:20', '14:50'];

export class HallIncidents extends HallPeople {
	clockIs(clock) {
		return Date.parse(`2026-11-20T${clock}:00+08:00`);
	}

	incidents() {
		const at = (clock) => this.clockIs(clock);
		return [
			() => this.incident(at('08:40')), () => this.incident(at('10:40')), () => this.incident(at('13:40')),
			() => this.tooSoonToClose(at('12:10')),
			() => this.break(at('09:45'), at('10:30')),
			() => this.onHold(at('11:00'), at('11:10')),
			() => this.restart(at('12:00')),
			() => this.shiftChange(at('12:30')),
			() => this.rollCall(at('14:00')),
			() => this.silence(at('10:10')),
			() => this.meter(at('15:50')),
			...OFFICE.map((clock) => () => this.office(at(clock))),
		];
	}

	// Half of the consent desks, with whoever was called to them.
	async break(from, to) {
		await this.sleepers.until(from, 2);
		const half = this.desks.filter((d) => d.stage === 'consent').slice(6);
		for (const desk of half) await this.closeDesk(desk);
		await this.sleepers.until(to, 2);
		for (const desk of half) await this.openDesk(desk);
	}

	async onHold(from, to) {
		const { board } = this.hall;
		await this.sleepers.until(from, 2);
		await this.post(board, '/api/site/hold', { reason: 'the fridge' });
		this.heldUntil = to;
		await this.compareShown();
		await this.sleepers.until(from + 5 * MINUTE, 2);
		await this.post(board, '/api/site/hold', { reason: 'once more' }, refusal('hold'));
		await this.compareShown();
		await this.sleepers.until(to, 2);
		await this.post(board, '/api/site/resume', { reason: 'cold again' });
		this.heldUntil = undefined;
		await this.post(board, '/api/site/resume', {}, refusal('not_held'));
	}

	async restart(time) {
		await this.sleepers.until(time, 2);
		await this.outage(async () => assert.equal((await this.site.stop()).code, 0));
		await this.compareShown();
	}

	// Everybody takes over another desk, also those of people who are there now.
	async shiftChange(time) {
		await this.sleepers.until(time, 2);
		const handhelds = this.desks.map((d) => d.handheld);
		const screens = handhelds.map((h) => this.screens.find((s) => s.client === h));
		const connections = screens.map((s) => s.connections);
		for (const [i, desk] of this.desks.entries()) {
			desk.handheld = handhelds[(i + 7) % handhelds.length];
			await waitFor(async () => {
				const answer = await this.hall.board.put(`/api/devices/${desk.handheld.device.id}`, { desk: desk.id }).catch(() => undefined);
				return answer?.status === 200;
			}, 'a device moved');
		}
		await this.screensBack(screens, connections);
	}

	// The display is off for a minute.
	async silence(time) {
		await this.sleepers.until(time, 2);
		const { display } = this.hall;
		const screen = this.screens.find((s) => s.client === display);
		const open = async () => (await metrics(this.site)).vaxline_streams;
		const before = await open();
		screen.close();
		await waitFor(async () => (await open()) === before - 1, 'a stream less');
		this.screens.splice(this.screens.indexOf(screen), 1);
		await this.sleep(MINUTE, 2);
		const { device } = await this.stream.untilAlert('device_silent');
		assert.equal(device, display.device.id);
		this.screens.push(await display.stream('display:all', { again: true }));
		await this.stream.untilNoAlert('device_silent');
	}

	// Somebody has slipped out: everybody else in observation is seen, one is missing.
	async rollCall(time) {
		const { board, observers } = this.hall;
		await this.sleepers.until(time, 2);
		const observing = () => this.people.filter((p) => p.count.state === 'observing');
		// Not one who has sat down in this very instant, and so is seen.
		const sits = (p) => p.count.dueAt > this.now + 10 * MINUTE && p.count.dueAt < this.now + 25 * MINUTE;
		const gone = this.random.pick(observing().filter((p) => p.plan === 'normal' && sits(p)));
		gone.slips = true;
		await this.post(board, '/api/site/roll_call_start', {});
		await this.post(observers[0], '/api/site/roll_call_start', {}, refusal('roll_call_on'));
		const before = new Map(observing().map((p) => [p, p.count.sightings]));
		// Whoever stands at the exit, and the one who slipped out, nobody sees.
		const there = observing().filter((p) => p !== gone && !p.count.open('early_exit'));
		await Promise.all(there.map(async (person, i) => {
			// A scan here and one at the exit a moment later would look like two people with one ticket.
			const leaves = person.plan !== 'normal' || person.count.dueAt <= this.now + MINUTE;
			if (leaves) await this.act(person, observers[i % 2], 'seen');
			else await this.scan(person, observers[i % 2], { code: 'seen' });
			person.count.becomes('observing', 'seen');
		}));
		await this.sleep(2 * MINUTE, 2);
		const { roll_call: found } = await this.post(board, '/api/site/roll_call_end', {});
		const missing = observing().filter((p) => p.count.sightings === before.get(p));
		assert.ok(missing.includes(gone));
		assert.equal(found.missing, missing.length);
		for (const person of missing) person.count.cry('missing', this.now);
		await this.compareShown();
		await this.sleep(2 * MINUTE, 2);
		await this.act(gone, observers[1], 'walked_out');
		gone.count.becomes('left_early', 'walked_out');
	}

	// --- what the office sets right

	async office(time) {
		await this.sleepers.until(time, 2);
		await this.reissue();
		await this.correct();
		await this.move();
		await this.sleep(this.grid * SECOND, 2);
		await this.takeCallBack();
	}

	one(fits) {
		const fitting = this.people.filter((p) => p.token && fits(p));
		return fitting.length > 0 ? this.random.pick(fitting) : undefined;
	}

	// A lost ticket is replaced; the old one is found by somebody.
	async reissue() {
		const person = this.one((p) => ['queued', 'observing'].includes(p.count.state) && p.plan === 'normal');
		const old = person.token;
		const { ticket } = await this.act(person, this.hall.board, 'reissue');
		assert.notEqual(ticket.token, old);
		assert.equal(ticket.number, person.number);
		person.token = ticket.token;
		await this.post(this.hall.exits[0], '/api/scan', { code: old }, { status: 409, code: 'ticket_ended' });
		person.count.cry('ticket_reused', this.now);
	}

	async correct() {
		const { board } = this.hall;
		const spelled = this.one((p) => p.row && ['queued', 'observing'].includes(p.count.state));
		const { row } = spelled;
		await this.act(spelled, board, 'correct', {
			what: { person: { name: `${row.name}·`, birth_date: row.birth, id_type: row.idType, id_number: row.idNumber }, language: 'en' },
			reason: 'misspelt',
		});
		const more = this.one((p) => ['queued', 'observing', 'completed'].includes(p.count.state) && !p.companions);
		const answer = await this.act(more, board, 'correct', { what: { companions: 1 }, reason: 'a child' }, refusal('room_full'), refusal('seats_full'));
		if (answer.status !== 409) more.companions = 1;
		const given = this.one((p) => p.dose && ['observing', 'completed'].includes(p.count.state));
		if (!given) return;
		await this.act(given, board, 'correct', { what: { lot: 'L2026-99' }, reason: 'the lot on the tray' });
		given.dose = { ...given.dose, lot: 'L2026-99' };
	}

	// One who waits is sent back to an earlier queue, one who was called to the queue again.
	async move() {
		const { board } = this.hall;
		const single = (p) => !p.party && p.plan === 'normal';
		const waits = this.one((p) => single(p) && p.call && p.count.state === 'queued' && p.count.stage !== 'registration');
		if (waits) {
			await this.act(waits, board, 'move', { stage: 'registration', reason: 'a paper is missing' });
			this.queues(waits, 'registration', 'move');
		}
		const called = this.one((p) => single(p) && p.count.state === 'called');
		if (!called) return;
		const { stage } = called.count;
		await this.act(called, board, 'move', { stage, reason: 'not yet' });
		this.free(called);
		this.queues(called, stage, 'move');
	}

	// A call by mistake: all who were called with it wait again.
	async takeCallBack() {
		const fresh = (p) => p.count.state === 'called' && p.count.calledAt === this.now;
		const person = this.one(fresh);
		if (!person) return;
		const { desk } = person.count;
		const answer = await this.act(person, desk.handheld, 'undo', {}, refusal('nothing_to_undo'));
		if (answer.status === 409) return;
		for (const called of [...desk.people]) {
			if (!fresh(called)) continue;
			this.free(called);
			called.count.becomes('queued', 'undo');
		}
	}
}
