"""Lanes as they stand on a forecourt: an arm with its own controller, two loops, cars; a turnstile and people; contacts.

They read coils and set discretes of whatever carries them (a Modbus board, GPIO chips) and know nothing of the kiosk.
Lengths are about metres, times seconds; a car is 4 m long, the arm stands at 0, the cars drive towards greater numbers.
"""
ARM, STOP = 0.0, -0.5
PRESENCE, PASSAGE = (-4.0, -1.0), (0.0, 2.0)
LENGTH, GONE, AWAY = 4.0, 6.5, -7.5


class Car:
    """Drives to `goal` as soon as arm and the car before it let it."""

    def __init__(self, at, goal, speed):
        self.at, self.goal, self.speed = at, goal, speed
        self.push = False  # breaks through a closed arm

    def covers(self, place):
        return self.at > place[0] and self.at - LENGTH < place[1]


class Contacts:
    """Inputs by name; `stuck` overrides what physics says, `log` keeps every change with its time."""

    OUTPUTS, INPUTS = (), ()

    def __init__(self, name, base=0):
        self.name, self.base = name, base
        self.coil = {role: base + i for i, role in enumerate(self.OUTPUTS)}
        self.discrete = {role: base + i for i, role in enumerate(self.INPUTS)}
        self.stuck, self.log = {}, []
        self.fire = self.fault = False
        self.was = {}

    def on(self, board, role):
        return board.coils[self.coil[role]]

    def rose(self, board, role):
        now, before = self.on(board, role), self.was.get(role, False)
        self.was[role] = now
        return now and not before

    def show(self, board, now, levels):
        for role, level in levels.items():
            level = self.stuck.get(role, level)
            place = self.discrete[role]
            if board.discretes[place] != level:
                board.discretes[place] = level
                self.log.append((now, role, level))


class Lane(Contacts):
    OUTPUTS = ("open", "hold", "sign")
    INPUTS = ("presence", "passage", "up", "down", "fault", "fire")

    def __init__(self, name="gate", base=0, arm_s=0.2, auto_s=2.0):
        super().__init__(name, base)
        self.arm_s, self.auto_s, self.linger_s = arm_s, auto_s, 0.15  # linger: up behind a vehicle
        self.angle = 0.0          # 0 down .. 1 up
        self.wanted = False       # the controller wants it up
        self.opened_at = self.cleared_at = None
        self.ignore = 0           # so many open commands are not heard
        self.dead = self.stuck_up = self.held_by_hand = False
        self.cars = []
        self.passed = self.left = 0

    def car(self, at=-4.5, goal=8.0, speed=10.0):
        self.cars.append(Car(at, goal, speed))
        return self.cars[-1]

    def step(self, board, dt, now):
        self.drive(dt)
        passage = any(c.covers(PASSAGE) for c in self.cars)
        self.control(board, now, passage)
        self.turn(dt)
        self.show(board, now, {
            "presence": any(c.covers(PRESENCE) for c in self.cars), "passage": passage, "up": self.angle >= 1.0,
            "down": self.angle <= 0.0, "fault": self.fault, "fire": not self.fire})

    def drive(self, dt):
        ahead = None
        for car in list(self.cars):
            way = max(-car.speed * dt, min(car.speed * dt, car.goal - car.at))
            to = car.at + way
            if way > 0 and car.at <= ARM and self.angle < 0.9 and not car.push:
                to = min(to, max(STOP, car.at))
            if way > 0 and ahead:
                to = min(to, max(ahead.at - LENGTH - 0.3, car.at))
            if car.push and car.at <= ARM < to:
                self.held_by_hand = True
            car.at = to
            ahead = car
            if car.at >= GONE or (car.at <= AWAY and way < 0):
                self.passed += car.at >= GONE
                self.left += car.at < GONE
                self.cars.remove(car)

    def control(self, board, now, passage):
        """The barrier's own controller: opens on command, closes by itself behind a vehicle or after a time, never on one."""
        if self.rose(board, "open"):
            if self.ignore > 0:
                self.ignore -= 1
            elif not self.dead:
                self.wanted, self.opened_at, self.cleared_at = True, now, None
        if self.on(board, "hold"):
            self.wanted, self.opened_at, self.cleared_at = True, now, None
        if passage and 0 < self.angle < 1 and not self.wanted and not self.held_by_hand:
            self.wanted, self.opened_at, self.cleared_at = True, 0, None  # its safety loop sends it up again
        if not self.wanted:
            return
        if passage:
            self.cleared_at = 0
        elif self.cleared_at == 0:
            self.cleared_at = now
        behind = self.cleared_at and now - self.cleared_at > self.linger_s
        if not passage and (behind or now - self.opened_at > self.auto_s):
            self.wanted = False

    def turn(self, dt):
        step = dt / self.arm_s
        if self.held_by_hand:
            self.angle = min(1.0, self.angle + step / 3)
        elif self.wanted and not self.dead:
            self.angle = min(1.0, self.angle + step)
        elif not self.stuck_up:
            self.angle = max(0.0, self.angle - step)

    def raise_by_hand(self):
        self.held_by_hand = True

    def let_go(self):
        self.held_by_hand = False

    def under(self):
        return any(c.covers(PASSAGE) for c in self.cars)


class Turnstile(Contacts):
    OUTPUTS = ("unlock",)
    INPUTS = ("pass", "ready", "fire", "wrong_way")

    def __init__(self, name="gate", base=0, mode="pulse", relock_s=1.0, contact_s=0.15):
        super().__init__(name, base)
        self.mode, self.relock_s, self.contact_s = mode, relock_s, contact_s
        self.unlocked_at = None
        self.people = []       # seconds after the release at which the next one goes through
        self.passed = 0
        self.power = True
        self.closed_until = {"pass": 0, "wrong_way": 0}
        self.unlocks = 0
        self.deaf = False

    def step(self, board, dt, now):
        self.now = now
        rose = self.rose(board, "unlock")
        if not self.power or self.deaf:
            self.unlocked_at = None
        elif rose:
            self.unlocked_at = now
            self.unlocks += 1
        elif self.mode == "level" and not self.on(board, "unlock"):
            self.unlocked_at = None
        elif self.mode == "pulse" and self.unlocked_at and now - self.unlocked_at > self.relock_s:
            self.unlocked_at = None
        if self.unlocked_at and self.people and now - self.unlocked_at >= self.people[0]:
            self.people.pop(0)
            self.unlocked_at = None
            self.passed += 1
            self.touch("pass")
        # without power the contacts of this unit fall to the other level: that is no passage
        self.show(board, now, {"pass": not self.power or now < self.closed_until["pass"], "ready": self.power,
                               "fire": not self.fire, "wrong_way": now < self.closed_until["wrong_way"]})

    def touch(self, role, seconds=None):
        self.closed_until[role] = self.now + (seconds or self.contact_s)


class Validator(Contacts):
    OUTPUTS = ("light", "buzzer")

    def step(self, board, dt, now):
        pass


class Locker(Contacts):
    """A lock with a door that somebody pulls open `open_s` after its release and shuts `shut_s` later."""

    OUTPUTS, INPUTS = ("output",), ("door",)

    def __init__(self, name="box", base=0, open_s=0.3, shut_s=1.0):
        super().__init__(name, base)
        self.open_s, self.shut_s = open_s, shut_s
        self.released_at = None
        self.opened = 0

    def step(self, board, dt, now):
        if self.rose(board, "output"):
            self.released_at = now
        shut = self.released_at is None or not self.open_s <= now - self.released_at < self.open_s + self.shut_s
        self.opened += board.discretes[self.discrete["door"]] and not shut
        self.show(board, now, {"door": shut})
