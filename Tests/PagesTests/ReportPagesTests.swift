import Foundation
import Testing

@testable import Pages

@Suite struct ReportPagesTests {
    private let scratch: FolderScratch

    init() throws {
        scratch = try FolderScratch([
            "summary.csv": FolderScratch.summary, "operators.csv": FolderScratch.operators,
            "machine.csv":
                "figure,value,unit,formula\nNPU peak,2,TFLOPS,a\nmemory peak,4,GB/s,b\nPIM peak,1,TFLOPS,c\nPIM peak bandwidth,1000,GB/s,d\n",
            "energy.csv": "component,event,count,J,source,boundary\ndram,reads,1,3,s,I/O\nmac,MACs,1,1,s,chip\n",
            "utilization.csv": """
            unit,units,start_cycle,end_cycle,start_time_ns,end_time_ns,busy_cycles
            npu,1,0,512,0,1024,256
            npu,1,512,1000,1024,2000,122
            pim,2,0,512,0,1024,512
            pim,2,512,1000,1024,2000,0

            """,
            "summary.txt": "m: x\n\nbound by: the bus\n\nnote: one of\ntwo layers\n",
        ])
    }

    @Test func thePageHoldsWhatTheTablesSay() throws {
        let page = try scratch.page()
        #expect(page.contains("<h1>say &quot;hi&quot; on m&lt;1&gt;</h1>"))
        for text in [
            "note: one of two layers", "bound by: the bus", "37.8 % busy", "25.6 % busy, mean of 2", "3.000 J, 75.0 %",
            "NPU and DRAM: 2 TFLOPS", "PIM units and banks: 1 TFLOPS",
        ] {
            #expect(page.contains(text), "\(text)")
        }
        // Nothing is loaded and nothing runs; every tag that is opened is closed.
        #expect(!page.contains("http") && !page.contains("<script"))
        for tag in ["section", "svg", "div", "table", "details", "text", "rect", "circle", "polyline"] {
            let opened = page.components(separatedBy: "<\(tag)").count - 1
            let closed = page.components(separatedBy: "</\(tag)>").count - 1
            let alone = page.split(separator: "\n").count { $0.hasPrefix("<\(tag) ") && $0.hasSuffix("/>") }
            #expect(opened == closed + alone, "\(tag)")
        }
    }

    /// 2 × 10⁶ FLOP over 500 cycles of 2 ns are 2 TFLOPS at 500 FLOP/B, where the bus allows 2: all of the roof.
    @Test func operatorsLieUnderTheirRoof() throws {
        let run = try RunFolder(scratch.path, layers: 2, eventLimit: 10)
        let roofline = Roofline(run)
        #expect(roofline.roofs.map(\.ridge) == [500, 1])
        let points = Dictionary(uniqueKeysWithValues: roofline.points.map { ($0.total.name, $0) })
        #expect(points["qkv"]?.intensity == 500 && abs(points["qkv"]!.rate / 2e12 - 1) < 1e-12)
        #expect(abs(points["qkv"]!.share! - 1) < 1e-12)
        #expect(points["logit"]?.intensity == 1)
        #expect(points["fc1"]?.intensity == nil, "it asks DRAM for nothing")
    }

    @Test func theTimelineHasASliceForEachOperatorAndNoneOverlapOnAThread() throws {
        let pages = try ReportPages(folder: scratch.path)
        #expect(pages.files.map(\.name) == ["report.html", "timeline.json"])
        let json = try JSONSerialization.jsonObject(with: Data(pages.files[1].text.utf8)) as? [String: Any]
        let events = try #require(json?["traceEvents"] as? [[String: Any]])
        let slices = events.filter { $0["ph"] as? String == "X" }
        #expect(slices.count == 4)
        #expect(slices.map { $0["dur"] as? Double } == [1, 0.2, 1, 0.8], "microseconds")
        let threads = events.filter { $0["name"] as? String == "thread_name" }
            .map { ($0["args"] as? [String: String])?["name"] }
        #expect(threads == ["Systolic arrays", "PIM", "PIM (2)"])
        var ends: [Int: Double] = [:]
        for slice in slices.sorted(by: { ($0["ts"] as! Double) < ($1["ts"] as! Double) }) {
            let thread = slice["tid"] as! Int
            #expect(slice["ts"] as! Double >= ends[thread, default: 0])
            ends[thread] = (slice["ts"] as! Double) + (slice["dur"] as! Double)
        }
        let counters = events.filter { $0["ph"] as? String == "C" }
        #expect(counters.count == 6)
        #expect(counters.compactMap { ($0["args"] as? [String: Double])?["busy"] } == [50, 25, 0, 50, 0, 0])
        let few = try ReportPages(folder: scratch.path, eventLimit: 3)
        #expect(few.eventsLeftOut == 1)
    }

    @Test func textOfATimelineIsJSON() throws {
        let odd = "a\"b\\c\n\u{1}\u{2028}</script>é"
        let back = try JSONSerialization.jsonObject(
            with: Data(Timeline.quoted(odd).utf8), options: .fragmentsAllowed)
        #expect(back as? String == odd)
    }
}

/// What an axis does while the others are held.
@Suite struct SensitivityTests {
    private func points(_ rows: String) throws -> SweepPoints {
        let scratch = try FolderScratch(["plan.csv": "point,a,b\n", "points.csv": "a,b,rate,error\n" + rows])
        return try SweepPoints(scratch.path)
    }

    @Test func theOthersAreHeld() throws {
        let points = try points("1,x,10,\n2,x,20,\n1,y,100,\n2,y,800,\n3,y,1,no\n")
        #expect(points.rows.count == 4 && points.failures == 1)
        let a = try #require(Sensitivity(points, axis: "a", figure: "rate"))
        #expect(a.groups == 2 && a.values.map(\.value) == ["1", "2"])
        #expect(a.values[0].mean == 1)
        #expect(abs(a.values[1].mean - 4) < 1e-12 && a.values[1].low == 2 && a.values[1].high == 8)
        #expect(abs(a.span - 4) < 1e-12)
        let b = try #require(Sensitivity(points, axis: "b", figure: "rate"))
        #expect(abs(b.values[1].mean - 20) < 1e-9)
    }

    @Test func pointsThatDifferInMoreAreNotCompared() throws {
        #expect(Sensitivity(try points("1,x,10,\n2,y,20,\n"), axis: "a", figure: "rate") == nil)
        #expect(Sensitivity(try points("1,x,0,\n2,x,20,\n"), axis: "a", figure: "rate") == nil, "no ratio to nothing")
    }
}
