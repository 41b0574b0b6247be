import Testing

@testable import Reporting

/// Reports on chosen numbers, whole.
@Suite struct GoldenReportTests {
    @Test func summaryHasTheDocumentedColumnsInOrder() throws {
        let text = Report.summary([Report(try chosenResult(), workload: "a,b", version: "0")])
        let lines = text.split(separator: "\n")
        #expect(
            lines[0]
                == "machine,model,workload,layers,iterations,batch,sub_batches,interleaving,total_cycles,total_time_ns,generated_tokens,tokens_per_s,npu_busy_fraction,npu_mac_utilization,pim_busy_fraction,pim_mac_utilization,dram_bandwidth_GBps,dram_bandwidth_utilization,energy_J,energy_per_token_mJ,idle_time_ns,ttft_mean_ns,ttft_p99_ns,tpot_mean_ns,tpot_p99_ns,latency_mean_ns,latency_p99_ns,preemptions,fidelity,energy_table,seed,version"
        )
        // 1000 cycles at 1 GHz; 2^20 MACs of 131,072 x 1000; 4096 x 2 of 32 x 32 x 16 x 1000; 120 bursts of 64 B.
        #expect(
            lines[1].hasPrefix(
                "neupims,small,\"a,b\",1,1,1,1,off,1000,1000.0,1,1000000.0,0.25,0.008,0.4,0.0005,7.68,0.0075,"))
        #expect(lines[1].hasSuffix(",,,,,,,,,exact,fgdram-2017+jouppi-7nm,7,0"))
        #expect(lines.count == 2)
    }

    @Test func operatorsAreListedWithTheirOwnEnergy() throws {
        // qkv: 51,200 bits read x 3.48 pJ; 2^20 MACs x 0.72; the scratchpad's 14 pJ for 8 B: 6400 written, 1 MiB of
        // weights, 1024 B in and 2048 B out. The norm: 10,240 bits x 3.48, 4 x 512 operations x 1.31, 1280 B and, as
        // it stays on chip, 1024 B in and out.
        let qkv = 51_200 * 3.48 + 1_048_576 * 0.72 + (6400 + 1_048_576 + 1024 + 2048) * 1.75
        let norm = 10_240 * 3.48 + 2048 * 1.31 + (1280 + 2048) * 1.75
        let lines = Report(try chosenResult(), workload: "w", version: "0").operators.split(separator: "\n")
        #expect(
            lines[0]
                == "iteration,layer,sub_batch,stage,operator,unit,start_cycle,end_cycle,cycles,macs,dram_read_bytes,dram_write_bytes,energy_pJ"
        )
        #expect(lines[1].hasPrefix("0,0,0,A,qkv,systolic,0,500,500,1048576,6400,0,"))
        #expect(lines[2].hasPrefix("0,,0,E,norm_final,vector,900,1000,100,0,0,1280,"))
        for (line, expected) in zip(lines.dropFirst(), [qkv, norm]) {
            let energy = try #require(Double(line.split(separator: ",").last!))
            #expect(abs(energy / expected - 1) < 1e-12, "\(line)")
        }
    }

    @Test func channelsAndRequestsAreListed() throws {
        let report = Report(try chosenResult(), workload: "w", version: "0")
        #expect(
            report.channels == """
                channel,requests,tokens,memory_busy_cycles,pim_busy_cycles,ACT,PRE,RD,WR,REFAB,PIM_GWRITE,PIM_HEADER,PIM_ACTIVATE,PIM_DOTPRODUCT,PIM_RDRESULT,PIM_GEMV,PIM_PRECHARGE,PREA,REFPB,CAS_RD,CAS_WR,PIM_WRITE
                3,1,100,240,400,10,8,100,20,2,3,4,32,0,0,16,128,0,0,0,0,0

                """)
        #expect(
            report.requests == """
                request,channel,context_tokens,generated_tokens,finish_cycle,finish_time_ns,time_per_token_ns,arrival_cycle,arrival_time_ns,first_token_cycle,first_token_time_ns,ttft_ns,tpot_ns,latency_cycles,queue_cycles,prefill_cycles,decode_cycles,preempted_cycles,preemptions,recomputed_tokens
                0,3,100,1,1000,1000.0,1000.0,,,,,,,,,,,,,

                """)
    }

    @Test func energyRowsAddUpToTheTotal() throws {
        let report = Report(try chosenResult(), workload: "w", version: "0")
        let lines = report.energy.split(separator: "\n")
        #expect(lines[0] == "component,event,count,pJ_each,J,source,boundary")
        #expect(lines[1].hasPrefix("dram,row activation,10,909.0,"))
        let joules = report.bill.lines.reduce(0) { $0 + $1.joules }
        #expect(abs(joules / report.bill.totalJoules - 1) < 1e-12)
        #expect(lines.count == 1 + report.bill.lines.count)
    }

    @Test func aRunOfSomeLayersSaysSo() throws {
        let text = Report(try chosenResult(), workload: "w", version: "0").text
        #expect(
            text.hasPrefix("neupims: small, 1 of 2 layers, with embedding and head\n1 decode step of 1 requests (w)\n"))
        // 900 cycles in the layer, twice, and 100 in the head.
        #expect(text.contains("the whole model would give\n526,316 tokens/s (an extrapolation"))
    }

    @Test func cellsAreWrittenByRFC4180AndReadBackExactly() {
        #expect(CSVCell("plain").text == "plain")
        #expect(CSVCell("a \"b\", c").text == "\"a \"\"b\"\", c\"")
        #expect(CSVCell("two\nlines").text == "\"two\nlines\"")
        #expect(CSVCell(Int.max).text == "9223372036854775807")
        #expect(CSVCell(0.1 + 0.2).text == "0.30000000000000004")
        #expect(CSVCell(0.0).text == "0")
        #expect(CSVCell(Int?.none).text == "" && CSVCell(Double?.none).text == "")
    }

    @Test func figuresAreShortForPeople() {
        #expect(Figure.number(1_234_567.8) == "1,234,568")
        #expect(Figure.number(123.456) == "123.5" && Figure.number(12.345) == "12.35" && Figure.number(1.5) == "1.500")
        #expect(Figure.number(0.00123456) == "0.00123")
        #expect(Figure.percent(0.48349) == "48.3 %")
        #expect(Figure.time(seconds: 2.5e-6) == "2.500 us")
        #expect(Figure.energy(joules: 0) == "0 pJ")
        #expect(Figure.count(-1_000_000) == "-1,000,000")
    }
}
