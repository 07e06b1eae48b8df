// What people do in a whole hall, beyond the way of a Day's people: they come by appointment, in parties, with somebody at
// their side; are turned away at the door; sit through a hold; and staff take back what was a slip of the finger.
import assert from 'node:assert/strict';
import { Day } from './day.mjs';
import { MINUTE } from './ground.mjs';
import { refusal } from './people.mjs';

const SLOT_EARLY = 15 * MINUTE;
const SLOT_LATE = 30 * MINUTE;
const ELDERLY_FROM = '1966-11-20'; // born then or before: sixty on the day
const PASSED = { health_code: true, temperature: true, mask: true };
const FAILS = ['health_code', 'temperature'];

export const heads = (person) => 1 + (person.companions ?? 0);

export class HallPeople extends Day {
	servingSeconds = { registration: [40, 90], consent: [70, 140], injection: [90, 160] };

	// --- the door

	async script(person) {
		if (person.plan !== 'never_comes') await super.script(person);
	}

	async checkIn(person) {
		const kiosk = person.random.pick(this.hall.kiosks);
		if (person.plan === 'turned_away' || person.plan === 'turned_back') {
			await this.turnedAway(person, kiosk);
			if (person.plan === 'turned_away') return false;
			await this.sleep(person.random.seconds(300, 900));
		}
		const { visit, ticket } = await this.enter(person, kiosk);
		assert.equal(visit.class, this.classOf(person), `${person.number} ${JSON.stringify(person.row)}`);
		assert.match(ticket.number, person.row ? /^A\d{3,}$/ : /^W\d{3,}$/);
		this.ticketed(person, visit, ticket);
		return true;
	}

	classOf({ row, assisted }) {
		if (assisted || row?.assisted) return 'assisted';
		if (row && row.birth <= ELDERLY_FROM) return 'elderly';
		return row && this.now >= row.from - SLOT_EARLY && this.now <= row.to + SLOT_LATE ? 'appointment' : 'walk_in';
	}

	// How somebody says who they are.
	wayIn({ row, way, code }) {
		if (!row) return { person: { name: '路过', birth_date: '1990-02-03' } };
		if (way === 'id') return { id_type: row.idType, id_number: row.idNumber };
		if (way === 'phone') return { phone: row.phone, birth_date: row.birth };
		return { appointment: code };
	}

	async enter(person, kiosk) {
		const { party, companions, assisted, checked, random } = person;
		const more = {
			...(party && { party }), ...(companions && { companions }), ...(assisted && { assisted }), ...(checked && { checks: PASSED }),
		};
		if (person.row && !person.way && Object.keys(more).length === 0) {
			return this.post(kiosk, '/api/scan', { code: person.code }, { code: 'check_in' });
		}
		const language = random.pick(['zh-Hans', 'zh-Hant', 'en']);
		const others = person.way === 'phone' ? person.twins.filter((p) => p !== person && p.count.state === 'expected') : [];
		person.entering = true;
		if (others.length > 0) {
			// Whoever is entering at this moment may get in first.
			const racing = others.every((p) => p.entering) ? [{ status: 201 }] : [];
			const answer = await this.post(kiosk, '/api/visits', { ...this.wayIn(person), language, ...more }, refusal('ambiguous'), ...racing);
			if (answer.outcome === 'accepted') return answer;
			person.way = 'id';
		}
		return this.post(kiosk, '/api/visits', { ...this.wayIn(person), language, ...more }, { status: 201 });
	}

	async turnedAway(person, kiosk) {
		const check = person.plan === 'turned_back' ? 'mask' : person.random.pick(FAILS);
		const said = await this.post(kiosk, '/api/visits', { appointment: person.code, checks: { ...PASSED, [check]: false } },
			{ status: 409, code: 'not_today' });
		assert.equal(said.check, check);
		assert.ok(said.advice.en.length > 0);
		this.turned[check] = (this.turned[check] ?? 0) + 1;
	}

	// --- at the desks

	// While the site is on hold nobody is started.
	async mayStart(person) {
		if (!this.heldUntil) return true;
		if (person.random.chance(0.2)) await this.scan(person, person.count.desk.handheld, refusal('hold'));
		await this.sleepers.until(this.heldUntil + person.random.seconds(10, 40));
		return false;
	}

	// Takes back the last act at once; whether that was still possible.
	async undo(person, client, state, more, ...refusals) {
		const answer = await this.act(person, client, 'undo', {}, ...refusals.map(refusal));
		this.undone[answer.code] = (this.undone[answer.code] ?? 0) + 1;
		if (answer.status === 409) return false;
		person.count.becomes(state, 'undo', more);
		return true;
	}

	async begin(person, desk) {
		await super.begin(person, desk);
		if (!person.random.chance(0.005)) return;
		await this.undo(person, desk.handheld, 'called', { desk });
		await super.begin(person, desk);
	}

	async done(person, action, state, body, stage) {
		const { desk, stage: from } = person.count;
		await super.done(person, action, state, body, stage);
		if (!['finish', 'defer', 'decline'].includes(action) || !person.random.chance(action === 'finish' ? 0.005 : 0.1)) return;
		if (!(await this.undo(person, desk.handheld, 'serving', { desk, stage: from }, 'room_full'))) return;
		desk.people.add(person);
		if (action === 'finish') this.finished[from]--;
		await this.sleep(person.random.seconds(10, 20));
		await super.done(person, action, state, body, stage);
	}

	async noShow(person, desk) {
		await super.noShow(person, desk);
		if (!person.random.chance(0.1)) return;
		if (!(await this.undo(person, desk.handheld, 'called', { desk }, 'room_full'))) return;
		desk.people.add(person);
		person.absent++;
		person.noShows--;
	}

	async park(person) {
		await super.park(person);
		if (!person.random.chance(0.2)) return;
		if (await this.undo(person, this.hall.board, 'queued', {}, 'room_full')) await super.park(person);
	}

	// Some who left at the entrance think better of it, and are let in again.
	async beforeRegistration(person) {
		const goesOn = await super.beforeRegistration(person);
		if (person.plan !== 'leaves' || person.index % 2) return goesOn;
		await this.sleep(person.random.seconds(120, 600));
		await this.act(person, this.hall.board, 'move', { stage: 'registration', reason: 'came back' });
		this.queues(person, 'registration', 'move');
		return true;
	}

	doseOf({ row, random }) {
		return { vaccine: row?.vaccine ?? 'inactivated', lot: `L${random.below(7)}`, dose: row?.dose ?? 1, checks: true };
	}

	// --- afterwards

	goesToHospital({ plan }) {
		return plan === 'unwell_hospital';
	}

	async afterArrival(person) {
		if (person.plan === 'unwell_hospital') {
			await this.sleep(person.random.seconds(60, 900));
			if (!(await this.unwell(person))) return;
		}
		await super.afterArrival(person);
	}

	async arrives(person) {
		const observer = this.observer(person);
		await super.arrives(person);
		if (!person.random.chance(0.005)) return;
		await this.undo(person, observer, 'injected', {});
		if (person.count.raisedDue.never_arrived) person.count.cry('never_arrived', this.now);
		await super.arrives(person);
	}

	// Whoever slips out of observation unseen is found missing, and written off by then.
	async leavesInTime(person) {
		await super.leavesInTime(person);
		if (person.slips) assert.equal(person.count.state, 'left_early', 'found missing by the roll call');
	}
}
