import Hardware

@testable import SimCore

/// The controller of a channel in its plainest form: visits every cycle, scans every queue, keeps no shortcuts.
///
/// Follows the rules that `Channel` and `ControllerProfile` state: the ports accept, a due refresh becomes pending, one
/// command starts (two on a split bus), one request moves to the command queues. `Channel` must give the same commands
/// in the same cycles and the same completions.
struct SteppedController {
    struct Request {
        var burst: Int
        var segment: Int
        var bank: Int
        var row: Int
        var column: Int
        var isWrite: Bool
        var accepted: Int
    }

    enum Arriving {
        case burst(Int, segment: Int, isWrite: Bool)
        case operation(PIMOperation)
    }

    let device: TestDevice
    var organization: DRAMOrganization { device.organization }
    var profile: ControllerProfile { device.profile }
    let memory: DRAMIntervals

    var now = -1
    var ledger: RuleLedger
    var openRow: [Int?]
    var pimRow: [Int?]
    /// When a row that PIM let go for a request may be opened again.
    var released: [Int]
    var hits: [Int]

    var ports: [[(cycle: Int, what: Arriving)]]
    var segments: [(transfer: Int32, left: Int, last: Int)] = []
    var reads: [Request] = []
    var writes: [Request] = []
    var queues: [[Request]]
    var merged: [Request] = []
    var drainsLeft = 0
    var drainsForPIM = false
    var lockedRead: Int?
    var served = 0

    var dueRefreshes: [Int] = []
    var refreshTurn: Int
    var isRefreshing = false

    var pimRequests: [PIMOperation] = []
    var pimAccepted: [Int] = []
    var pimCommands: [PIMOperation] = []
    var operandEnd: Int?
    var operandBank: Int?
    var reservedRow: Int?
    var waitsForRefresh = false
    var slack = 0
    var inPIMMode = false
    var results: [Int] = []

    var log: [LoggedCommand] = []
    var completions: [Completion] = []

    init(_ device: TestDevice) {
        self.device = device
        memory = device.memory
        let organization = device.organization
        ledger = RuleLedger(organization: organization, rules: device.rules)
        openRow = [Int?](repeating: nil, count: organization.banks)
        pimRow = openRow
        released = [Int](repeating: 0, count: device.organization.banks)
        hits = [Int](repeating: 0, count: organization.banks)
        let hasPIMPort = device.pim != nil && device.profile.pim.separatePort
        ports = [[(cycle: Int, what: Arriving)]](repeating: [], count: hasPIMPort ? 2 : 1)
        queues = [[Request]](repeating: [], count: organization.banks)
        let interval = memory.nREFI / organization.ranks
        refreshTurn = device.refreshPhase / interval % organization.ranks
    }

    mutating func send(_ item: Traffic.Item) {
        switch item.what {
        case .bursts(let base, let count, let isWrite, let transfer):
            segments.append((transfer, count, 0))
            for position in 0..<count {
                let what = Arriving.burst(base + position, segment: segments.count - 1, isWrite: isWrite)
                ports[0].append((item.arrival + position * item.interval, what))
            }
        case .program(let operations):
            for (position, operation) in operations.enumerated() {
                ports[ports.count - 1].append((item.arrival + position * item.interval, .operation(operation)))
            }
        }
    }

    mutating func step() {
        now += 1
        for port in ports.indices { accept(from: port) }
        noteRefresh()
        startCommands()
        moveOneRequest()
    }

    // MARK: Acceptance

    private mutating func accept(from port: Int) {
        for _ in 0..<profile.requestsPerCycle {
            guard let head = ports[port].first, head.cycle <= now else { return }
            switch head.what {
            case .operation(let operation):
                guard pimRequests.count < profile.pim.requestQueueDepth else { return }
                pimRequests.append(operation)
                pimAccepted.append(now)
            case .burst(let burst, let segment, let isWrite):
                guard isWrite ? writes.count < profile.writeBufferDepth : reads.count < profile.readQueueDepth else {
                    return
                }
                accept(burst, segment, isWrite)
            }
            ports[port].removeFirst()
        }
    }

    private mutating func accept(_ burst: Int, _ segment: Int, _ isWrite: Bool) {
        let map = AddressMap(organization: organization, order: device.order)
        let request = Request(
            burst: burst, segment: segment, bank: map.bank(of: burst), row: map.row(of: burst),
            column: map.column(of: burst), isWrite: isWrite, accepted: now)
        let writeWaits = writes.contains { $0.burst == burst } || inQueues(burst, isWrite: true)
        let readWaits = reads.contains { $0.burst == burst } || inQueues(burst, isWrite: false)
        if isWrite {
            if !writeWaits { writes.append(request) }
            complete(request, at: now + 1)
        } else if writeWaits {
            complete(request, at: now + 1)
        } else if readWaits {
            merged.append(request)
        } else {
            reads.append(request)
        }
    }

    private func inQueues(_ burst: Int, isWrite: Bool) -> Bool {
        queues.contains { $0.contains { $0.burst == burst && $0.isWrite == isWrite } }
    }

    mutating func complete(_ request: Request, at cycle: Int) {
        segments[request.segment].left -= 1
        segments[request.segment].last = max(segments[request.segment].last, cycle)
        let segment = segments[request.segment]
        if segment.left == 0 { completions.append(Completion(transfer: segment.transfer, cycle: segment.last)) }
    }

    // MARK: From the request queues to the command queues

    private mutating func moveOneRequest() {
        let isIdle = queues.allSatisfy(\.isEmpty)
        if lockedRead == nil && drainsLeft == 0
            && (writes.count == profile.writeBufferDepth || (isIdle && writes.count > profile.idleDrainThreshold)
                || drainsForPIM)
        {
            drainsLeft = writes.count
        }
        if lockedRead != nil { return moveRead() }
        let setsDrainAside = device.pim?.rowBuffers == 1 && inPIMMode && !pimRequests.isEmpty
        if movesPIM {
            if pimCommands.count < profile.pim.commandQueueDepth {
                pimCommands.append(pimRequests.removeFirst())
                pimAccepted.removeFirst()
            }
        } else if drainsLeft > 0 && !setsDrainAside {
            moveWrite()
        } else {
            moveRead()
        }
    }

    /// The arbiter's choice when PIM requests wait.
    private var movesPIM: Bool {
        guard !pimRequests.isEmpty else { return false }
        if device.pim?.rowBuffers == 1 {
            if drainsLeft > 0 && !inPIMMode { return false }
            if !pimCommands.isEmpty { return true }
            for read in reads {
                if read.accepted > pimAccepted[0] { return true }
                if queues[read.bank].count < profile.commandQueueDepth { return false }
            }
            return true
        }
        if drainsLeft > 0 && pimCommands.count >= 2 { return false }
        return pimCommands.count < 2 || reads.isEmpty
    }

    private func takes(_ request: Request) -> Bool {
        let isAwaited = drainsForPIM && (request.isWrite || lockedRead == request.burst)
        if device.pim?.rowBuffers == 1 && !pimCommands.isEmpty && !isAwaited { return false }
        return queues[request.bank].count < profile.commandQueueDepth
    }

    private mutating func moveRead() {
        guard let position = reads.firstIndex(where: takes) else { return }
        let request = reads.remove(at: position)
        if lockedRead == request.burst { lockedRead = nil }
        queues[request.bank].append(request)
    }

    private mutating func moveWrite() {
        guard let position = writes.firstIndex(where: takes) else { return }
        let burst = writes[position].burst
        if reads.contains(where: { $0.burst == burst }) {
            lockedRead = burst
            drainsLeft = 0
        } else if inQueues(burst, isWrite: false) {
            drainsLeft = 0
        } else {
            drainsLeft -= 1
            let request = writes.remove(at: position)
            queues[request.bank].append(request)
        }
    }
}
