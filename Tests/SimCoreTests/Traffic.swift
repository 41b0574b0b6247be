import Hardware
import Workload

@testable import SimCore

/// Seeded random traffic for a channel: reads, writes and PIM programs with their arrival times.
struct Traffic {
    struct Item {
        enum What {
            case bursts(base: Int, count: Int, isWrite: Bool, transfer: Int32)
            case program([PIMOperation])
        }
        var what: What
        var arrival: Int
        var interval: Int
    }

    /// How dense and how mixed the traffic is.
    struct Mix {
        var items = 60
        var writeShare = 0.4
        var programShare = 0.0
        /// Mean idle cycles between items.
        var gap = 30.0
        var longestRun = 12
        var rows = 4
        var isComposite = true
    }

    var items: [Item] = []

    static func random(_ device: TestDevice, _ mix: Mix, seed: UInt64) -> Traffic {
        var random = RandomNumbers(seed: seed)
        var traffic = Traffic()
        var time = random.nextIndex(below: 20)
        for index in 0..<mix.items {
            let interval = [0, 0, 0, 1, 3, 17][random.nextIndex(below: 6)]
            if device.pim != nil && random.nextUnit() < mix.programShare {
                let what = Item.What.program(program(device, mix, &random, transfer: Int32(1000 + index * 10)))
                traffic.items.append(Item(what: what, arrival: time, interval: interval))
            } else {
                let what = run(device, mix, &random, transfer: Int32(index))
                traffic.items.append(Item(what: what, arrival: time, interval: interval))
            }
            // Bursts of items at one time, and idle gaps now and then.
            if random.nextUnit() < 0.6 { time += Int(mix.gap * random.nextExponential()) }
            if random.nextUnit() < 0.05 { time += 20 * Int(mix.gap) }
        }
        return traffic
    }

    private static func run(
        _ device: TestDevice, _ mix: Mix, _ random: inout RandomNumbers, transfer: Int32
    ) -> Item.What {
        let organization = device.organization
        let base = device.burst(
            bank: random.nextIndex(below: organization.banks), row: random.nextIndex(below: mix.rows),
            column: random.nextIndex(below: organization.burstsPerRow))
        let bursts = organization.channelBytes / organization.burstBytes
        let count = min(1 + random.nextIndex(below: mix.longestRun), bursts - base)
        return .bursts(base: base, count: count, isWrite: random.nextUnit() < mix.writeShare, transfer: transfer)
    }

    /// An operand write and one to three GEMVs of one to four results each.
    private static func program(
        _ device: TestDevice, _ mix: Mix, _ random: inout RandomNumbers, transfer: Int32
    ) -> [PIMOperation] {
        let operandRow = Int32(random.nextIndex(below: mix.rows))
        let operandBank = Int16(random.nextIndex(below: device.organization.banks))
        var operations = [
            device.writesOperands
                ? PIMOperation(.pimWrite, row: 0, dotProducts: 1 + operandBank % 9)
                : PIMOperation(.pimGwrite, row: operandRow, bank: operandBank)
        ]
        for gemv in 0...random.nextIndex(below: 3) {
            let row = Int32(random.nextIndex(below: mix.rows))
            let results = 1 + random.nextIndex(below: 4)
            let dots = [1, 2, 8, 32][random.nextIndex(below: 4)]
            operations.append(
                PIMOperation(.pimHeader, row: row, dotProducts: Int16(dots * results), results: Int16(results)))
            for result in 1...results {
                let isLast = result == results
                let awaited = isLast ? transfer + Int32(gemv) : -1
                if mix.isComposite {
                    operations.append(
                        PIMOperation(.pimGemv, row: row, dotProducts: Int16(dots), isLast: isLast, transfer: awaited))
                } else {
                    for _ in 0..<dots { operations.append(PIMOperation(.pimDotProduct, row: row)) }
                    operations.append(PIMOperation(.pimRdResult, row: row, isLast: isLast, transfer: awaited))
                }
            }
        }
        return operations
    }

    func send(to channel: inout Channel) {
        for item in items { Self.send(item, to: &channel) }
    }

    static func send(_ item: Item, to channel: inout Channel) {
        switch item.what {
        case .bursts(let base, let count, let isWrite, let transfer):
            channel.enqueue(
                base: base, count: count, isWrite: isWrite, transfer: transfer, arrival: item.arrival,
                interval: item.interval)
        case .program(let operations):
            channel.enqueue(pim: operations, arrival: item.arrival, interval: item.interval)
        }
    }
}
