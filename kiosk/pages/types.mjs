/**
 * The shapes that the server sends, as far as the pages read them. The contract is openapi.json.
 *
 * @typedef {"registration" | "consent" | "injection" | "observation"} Stage
 * @typedef {"kiosk" | "handheld" | "display" | "observation" | "exit" | "board" | "agent" | "program"} DeviceKind
 * @typedef {"unwell" | "early_exit" | "never_arrived" | "overstay" | "missing" | "call_expired" | "wait_long" |
 *   "seats_full" | "ticket_reused" | "device_silent" | "storage_down" | "storage_lost" | "disk_low" | "clock_doubt"} AlertKind
 *
 * @typedef {object} StageCounts
 * @property {number} waiting
 * @property {number} called
 * @property {number} serving
 * @property {number} done
 * @property {number} hall waiting, not yet let into the room
 * @property {number} people in the room, companions counted
 * @property {number | null} capacity of the room; null: no limit
 * @property {{p50: number, p90: number} | null} wait minutes
 * @property {number | null} forecast minutes for whoever joins now
 * @property {{why: "hold" | "seats_full" | "room_full", until: string | null} | null} paused
 *
 * @typedef {"registrar" | "screener" | "vaccinator" | "observer" | "guard" | "clinician" | "supervisor"} Role
 *
 * @typedef {{id: string, name: string}} Somebody of the staff
 *
 * @typedef {object} Session somebody's being signed on at a device
 * @property {Somebody & {roles: Role[], qualifications: Partial<Record<Role, string>>}} staff qualifications: the last day of each
 * @property {string} since
 * @property {string | null} ends_at the end of the shift
 * @property {string} idle_ends_at unless the device is used before
 *
 * @typedef {object} StaffMember
 * @property {string} id
 * @property {string} name
 * @property {Role[]} roles
 * @property {Partial<Record<Role, string>>} qualifications the last day of each
 * @property {boolean} pin has one
 * @property {boolean} pin_asked a role of theirs asks for one: without it they cannot sign on
 * @property {{device: string, name: string, desk: string | null, since: string}[]} signed_on
 * @property {string} [badge] the code on the badge, where it was asked for
 *
 * @typedef {object} Desk
 * @property {string} id
 * @property {Stage} stage
 * @property {boolean} open
 * @property {string | null} called number of the ticket, of a party the first
 * @property {string | null} serving number of the ticket, of a party the first
 * @property {string[]} called_all
 * @property {string[]} serving_all
 * @property {{id: string, name: string}[]} devices that stand here
 * @property {number} done
 * @property {number} per_hour
 * @property {boolean} fast
 * @property {Somebody | null} [staff] signed on at a device of the desk
 *
 * @typedef {object} Observation
 * @property {number} in_it tickets
 * @property {number} due tickets that may leave
 * @property {number} on_the_way injected, not yet arrived
 * @property {number | null} seen in the roll call, while there is one
 *
 * @typedef {"expected" | "queued" | "called" | "serving" | "parked" | "injected" | "observing" | "unwell" | "completed" |
 *   "deferred" | "declined" | "left" | "left_early" | "transferred" | "no_show"} VisitState
 *
 * @typedef {object} Board
 * @property {string} at
 * @property {{id: string, name: Record<string, string> | null, time_zone: string} | null} site
 * @property {string | null} day
 * @property {{arrived: number, injected: number, not_today: number, by_state: Record<VisitState, number>}} totals
 * @property {{registration: StageCounts, consent: StageCounts, injection: StageCounts, observation: Observation}} stages
 * @property {{total: number, taken: number, free: number, committed: number, next_free_at: string | null}} seats companions
 *   counted; committed: also for whoever will need one
 * @property {{on: boolean, reason: string | null, since: string | null, by: string | null}} hold
 * @property {{on: boolean, started_at: string | null, ended_at: string | null, missing: number}} roll_call
 * @property {{number: string, state: VisitState, stage: Stage | null, desk: string | null, companions: number}[] | null} inside
 *   while calls are held
 * @property {{check: string, count: number}[]} not_today those turned away at the door, by entry check
 * @property {{vaccine: string, lot: string | null, given: number}[]} stock doses given today
 * @property {Desk[]} desks
 * @property {BoardDevice[]} devices without the revoked ones
 * @property {{visit: string, number: string, stage: Stage | null}[]} parked
 * @property {{visit: string, number: string, stage: Stage | null}[]} follow_up early leavers who have not come back
 *
 * @typedef {object} BoardDevice
 * @property {string} id
 * @property {string} name
 * @property {boolean} silent an alarm about it is open
 * @property {Somebody | null} [staff] signed on there
 *
 * @typedef {object} Alert
 * @property {string} id
 * @property {AlertKind} kind
 * @property {string | null} [visit]
 * @property {string | null} [number]
 * @property {string | null} [desk]
 * @property {Stage | null} [stage]
 * @property {string | null} [device]
 * @property {string | null} [place]
 * @property {string[]} settled_by what settles it: types of events, and by_hand
 * @property {string} raised_at
 * @property {number} count
 * @property {1 | 2 | 3} urgency 3 is the most urgent
 * @property {"open" | "acknowledged" | "settled"} state
 * @property {0 | 1 | 2} escalated
 * @property {string | null} [by]
 *
 * @typedef {object} Person
 * @property {string} name
 * @property {string} birth_date
 * @property {string} [sex]
 * @property {string} [phone]
 * @property {string} [id_type]
 * @property {string} [id_number]
 * @property {string} [address]
 * @property {string} [community]
 * @property {string} [guardian]
 * @property {string} [notes]
 *
 * @typedef {object} Visit
 * @property {string} id
 * @property {string | null} number null until check-in
 * @property {VisitState} state
 * @property {Stage | null} stage
 * @property {string | null} desk
 * @property {string} class
 * @property {string | null} language
 * @property {number} companions
 * @property {string | null} arrived_at
 * @property {string | null} injected_at
 * @property {string | null} due_at
 * @property {Person} [person]
 *
 * @typedef {object} Moment one line of a timeline
 * @property {string} id
 * @property {string} at
 * @property {string} type
 * @property {Stage | null} [stage]
 * @property {string | null} desk
 * @property {string | null} reason
 * @property {string} [undoes] of undone: the type of what was taken back
 * @property {string | null} [staff] id of who did it
 * @property {string | null} [staff_name]
 *
 * @typedef {object} RosterProblem
 * @property {number} line
 * @property {string | null} column null: the row
 * @property {string} [code]
 * @property {string} problem
 *
 * @typedef {object} RosterReport
 * @property {number} accepted
 * @property {number} duplicates
 * @property {Record<string, number>} days accepted rows by date
 * @property {RosterProblem[]} rejected
 * @property {RosterProblem[]} warnings
 * @property {number} [rejected_more]
 * @property {number} [warnings_more]
 * @property {string[]} unknown_columns
 *
 * @typedef {object} Alerts
 * @property {string} at
 * @property {Alert[]} alerts
 *
 * @typedef {object} Ticket what whoever holds the code may see
 * @property {string} at
 * @property {string} number
 * @property {VisitState} state
 * @property {Stage | null} stage
 * @property {string | null} desk
 * @property {number | null} ahead people before this one
 * @property {number | null} expected_minutes
 * @property {boolean | null} admitted may go into the room of its stage; null: waits for none
 * @property {number} party tickets that go together; 1: alone
 * @property {boolean} hold all calls are stopped
 * @property {string | null} due_at
 * @property {string | null} time_zone of the site
 * @property {"zh-Hans" | "zh-Hant" | "en" | null} language
 *
 * @typedef {object} Device
 * @property {string} id
 * @property {DeviceKind} kind
 * @property {string} name
 * @property {string | null} [desk]
 * @property {"invited" | "enrolled" | "revoked"} state
 * @property {string | null} [last_contact]
 *
 * @typedef {object} Invitation
 * @property {string} code
 * @property {string} url
 * @property {string} qr_svg the address of the link's QR image
 * @property {string} expires_at
 *
 * @typedef {object} Authority the site's own CA
 * @property {string} name
 * @property {string} fingerprint SHA-256, "AB:CD:.."
 * @property {string} not_after
 * @property {string[]} names that it is held to
 * @property {string} try_url the site over TLS
 *
 * @typedef {object} Tls
 * @property {boolean} secure
 * @property {{names: string[], not_after: string, issuer: string} | null} certificate
 * @property {{fingerprint: string, not_after: string, url: string, qr_svg: string} | null} ca what devices fetch at url
 *
 * @typedef {object} Day
 * @property {string | null} day
 * @property {"none" | "open" | "closed"} state
 * @property {({number: string, state: VisitState} | {kind: AlertKind, place?: string})[]} in_the_way visits, and cries of
 *   unwell without a ticket
 */

export {};
