import Foundation
import Functional
import Testing

@Suite struct ExpertErrorsTests {
    /// Six layers of eight experts. The best uniform quantisers of a normal distribution lose 36.3 and 11.9 % of its
    /// power at 1 and 2 bits (Max, 1960); trained weights are near one.
    @Test func narrowExpertsLoseWhatABellCurveLoses() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Traces/models/tinymoe").standardizedFileURL.path
        let rows = try ExpertErrors(folder: folder, widths: [1, 2]).rows
        #expect(rows.count == 6 * 8 * 2)
        for row in rows {
            let expected = [0.363, 0.119][row.bits - 1]
            #expect((0.8...1.25).contains(row.error / expected), "\(row)")
        }
    }
}
