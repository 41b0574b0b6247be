import Testing

@testable import SimCore

/// What happens in one cycle happens in the order of the program, whatever was known of first.
struct EventOrderTests {
    @Test func whatEndsInOneCycleIsFollowedInProgramOrder() throws {
        var machine = try Shipped.machine("npu-only")
        machine.npu.vector.units = 1
        machine.npu.vector.isFinite = true
        var program = Program()
        let start = program.add(.delay(cycles: 6), operatorIndex: 0, after: [])
        // Both delays end in cycle 10; that of the second one is known from cycle 0 on, of the first from cycle 6.
        let first = program.add(.delay(cycles: 4), operatorIndex: 0, after: [start])
        let second = program.add(.delay(cycles: 10), operatorIndex: 0, after: [])
        _ = program.add(.vector(cycles: 100), operatorIndex: 1, after: [first])
        _ = program.add(.vector(cycles: 100), operatorIndex: 2, after: [second])
        var engine = Engine(machine: machine)
        let times = engine.run(program, operators: 3)
        #expect(times[1].end == 110)
        #expect(times[2].end == 210)
    }
}
