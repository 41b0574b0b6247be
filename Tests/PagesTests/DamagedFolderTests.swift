import Testing

@testable import Pages

/// Folders that are no reports, or no longer: said with the place, and nothing is made of them.
@Suite struct DamagedFolderTests {
    private func run(_ files: [String: String] = [:]) throws -> FolderScratch {
        let whole = ["summary.csv": FolderScratch.summary, "operators.csv": FolderScratch.operators]
        return try FolderScratch(whole.merging(files) { $1 })
    }

    @Test func whatIsThereIsEnough() throws {
        #expect(try run().mistakes() == "")
    }

    @Test func foreignFoldersAreRefused() throws {
        #expect(try FolderScratch().mistakes() == "DIR: error: there is no such folder")
        #expect(
            try FolderScratch(["notes.txt": "x"]).mistakes()
                == "DIR: error: no reports are here: expected summary.csv and operators.csv (of 'simulate --out'), ratios.csv "
                + "(of 'compare --out') or plan.csv (of 'sweep --out')")
        let file = try FolderScratch(["x": ""])
        do { _ = try ReportPages(folder: "\(file.path)/x") } catch {
            #expect(
                error.description.hasSuffix(
                    "this is a file; expected a folder that 'simulate', 'compare' or 'sweep' wrote"))
        }
    }

    @Test func missingFilesAreNamed() throws {
        // An estimate has no operators.
        #expect(try FolderScratch(["summary.csv": FolderScratch.summary]).mistakes() == "")
        #expect(try FolderScratch(["plan.csv": "point,a\n1,2\n"]).mistakes().contains("this sweep has no points.csv"))
        #expect(
            try run(["operators.csv": ""]).mistakes()
                == "DIR/operators.csv: error: the file is empty; expected a header")
    }

    @Test func damagedCellsAreNamedAllAtOnce() throws {
        let damaged = FolderScratch.operators.replacing("0,500,1000000", with: "x,500,nan").replacing(
            "900,1000,", with: "2000,1000,")
        #expect(
            try run(["operators.csv": damaged]).mistakes() == """
                DIR/operators.csv:2:22: error: 'start_cycle' must be a number, not 'x'
                DIR/operators.csv:2:28: error: 'macs' must be a number, not 'nan'
                DIR/operators.csv:5:27: error: 'end_cycle' must be at least 'start_cycle'
                """)
        #expect(
            try run(["operators.csv": FolderScratch.operators + "0,0,0\n"]).mistakes()
                == "DIR/operators.csv:6:1: error: this row has 3 cells, the header 11")
        #expect(
            try run(["operators.csv": FolderScratch.operators.replacing("unit", with: "unti")]).mistakes()
                == "DIR/operators.csv:1:1: error: there is no column 'unit'; did you mean 'unti'?")
        #expect(
            try run(["energy.csv": "component,event,count,J,source,boundary\na,b,c\u{0}\"d,1,s,t\n"]).mistakes()
                .hasPrefix(
                    "DIR/energy.csv:2:"))
        #expect(
            try run([
                "utilization.csv":
                    "unit,units,start_cycle,end_cycle,start_time_ns,end_time_ns,busy_cycles\nnpu,0,0,1,0,1,1\n"
            ])
            .mistakes() == "DIR/utilization.csv:2:5: error: 'units' must be from 1 to 10^6")
    }

    @Test func columnsOfASweepAreChecked() throws {
        let sweep = try FolderScratch([
            "plan.csv": "point,a\n1,2\n2,3\n", "points.csv": "a,tokens_per_s,energy_J,error\n2,5,6,\n3,6,5,\n",
        ])
        #expect(sweep.mistakes() == "" && sweep.mistakes(x: "a", y: "energy_J") == "")
        #expect(
            sweep.mistakes(x: "tokens_per_")
                == "--x: error: there is no column 'tokens_per_' in points.csv; did you mean 'tokens_per_s'?")
        #expect(sweep.mistakes(y: "error") == "--y: error: column 'error' does not hold a number in each row")
        #expect(
            try run().mistakes(x: "a")
                == "--x: error: goes with the folder of a sweep; 'DIR' holds a run of say \"hi\" on m<1>")
    }

    @Test func aComparisonNeedsItsRuns() throws {
        let files = ["summary.csv": FolderScratch.summary, "ratios.csv": "machine\n"]
        #expect(
            try FolderScratch(files).mistakes()
                == "DIR/summary.csv: error: row 1 ('m<1>') has no folder here whose summary.csv is the same")
        let whole = try FolderScratch(
            files.merging([
                "one/summary.csv": FolderScratch.summary, "one/operators.csv": FolderScratch.operators,
            ]) { $1 })
        #expect(whole.mistakes() == "")
    }
}
