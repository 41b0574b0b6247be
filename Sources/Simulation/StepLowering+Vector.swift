import Hardware
import Quantities
import SimCore
import Workload

extension StepLowering {
    /// Whether an operator's inputs and outputs stay in the scratchpad: half of it is for them.
    func staysOnChip(_ next: Operator) -> Bool {
        guard machine.execution.activations == .onChip else { return false }
        return Int((next.inputBytes + next.outputBytes).count) <= machine.npu.scratchpadBytes / 2
    }

    /// An operator that works row by row; the rows are shared out over the vector units.
    mutating func lowerVector(_ next: Operator, after before: [Int]) -> Int {
        let index = record(next.kind, .vector, expert: next.expert)
        let rows = rows(of: next)
        let length = workedElements(next, rows: rows)
        let cycles = cost.cycles(next.kind, model: shard.model, elements: length)
        operators[index].vectorElements += length * rows
        let ends: [Int]
        if staysOnChip(next) {
            scratchpadUse(Int((next.inputBytes + next.outputBytes).count), under: index)
            ends = shareOut(rows: rows, cycles: cycles, under: index, after: before)
        } else {
            ends = (0..<rows).map { _ in lowerRow(next, rows: rows, cycles: cycles, under: index, after: before) }
        }
        return program.add(.join, operatorIndex: index, after: ends)
    }

    private mutating func shareOut(rows: Int, cycles: Int, under index: Int, after before: [Int]) -> [Int] {
        let units = min(machine.npu.vector.units, rows)
        return (0..<units).map { unit in
            let share = rows / units + (unit < rows % units ? 1 : 0)
            return program.add(.vector(cycles: share * cycles), operatorIndex: index, after: before)
        }
    }

    /// One row through DRAM: read the inputs, work, write the output.
    private mutating func lowerRow(
        _ next: Operator, rows: Int, cycles: Int, under index: Int, after before: [Int]
    ) -> Int {
        let outputBytes = Int(next.outputBytes.count) / rows
        let inputs = max(1, Int(next.inputBytes.count) / max(1, Int(next.outputBytes.count)))
        let reads = (0..<inputs).map { _ in
            count(layout.activations(Int(next.inputBytes.count) / rows / inputs), isWrite: false, under: index)
        }
        let read = program.addTransfer(reads, isWrite: false, operatorIndex: index, after: before)
        let work = program.add(.vector(cycles: cycles), operatorIndex: index, after: [read])
        let output = count(layout.activations(outputBytes), isWrite: true, under: index)
        return program.addTransfer([output], isWrite: true, operatorIndex: index, after: [work])
    }
}
