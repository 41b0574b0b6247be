"""Writes folders as `dualrow simulate` does, with what runs seldom have: whole generations of many requests, names of
markup and of great length, and nothing at all."""
import os, random, sys

random.seed(5)
out = sys.argv[1]
SUMMARY = ("machine,model,workload,layers,iterations,batch,sub_batches,interleaving,total_cycles,total_time_ns,"
           "generated_tokens,tokens_per_s,npu_busy_fraction,npu_mac_utilization,pim_busy_fraction,pim_mac_utilization,"
           "dram_bandwidth_GBps,dram_bandwidth_utilization,energy_J,energy_per_token_mJ,fidelity,energy_table,seed,version\n")
OPERATORS = ("iteration,layer,sub_batch,stage,operator,unit,start_cycle,end_cycle,cycles,macs,dram_read_bytes,"
             "dram_write_bytes,energy_pJ\n")


def write(folder, **files):
    os.makedirs(f"{out}/{folder}", exist_ok=True)
    for name, text in files.items():
        with open(f"{out}/{folder}/{name}.csv", "w") as file:
            file.write(text)


def quoted(text):
    return '"' + text.replace('"', '""') + '"'


def operators(names, count):
    rows, clock = OPERATORS, 0
    for index in range(count):
        name, unit = names[index % len(names)], ["systolic", "vector", "pim", "dma", "link", "a<b"][index % 6]
        end = clock + random.randint(1, 5000)
        rows += (f"0,{index // len(names)},{index % 2},{'ABE'[index % 3]},{quoted(name)},{quoted(unit)},{clock},{end},"
                 f"{end - clock},{random.randint(0, 10 ** 9)},{random.randint(0, 10 ** 8)},0,12.5\n")
        clock = max(0, end - random.randint(0, 3000))
    return rows


# A generation: 300 requests, 2000 steps.
cycle, steps = 0, ""
header = "iteration,start_cycle,end_cycle,requests,prompt_tokens,decode_tokens,waiting,cache_fraction\n"
for step in range(2000):
    length, batch = random.randint(10 ** 6, 4 * 10 ** 6), min(256, step // 3 + 1)
    steps += f"{step},{cycle},{cycle + length},{batch},{random.choice([0, 0, 512])},{batch},{max(0, 300 - step)},{batch / 300}\n"
    cycle += length
requests = "request,ttft_ns,tpot_ns,latency_cycles,queue_cycles\n" + "".join(
    f"{index},{random.lognormvariate(17, 1):.1f},{random.lognormvariate(15, 0.3):.1f},"
    f"{int(random.lognormvariate(20, 1))},{int(random.lognormvariate(16, 2))}\n" for index in range(300))
use = "unit,units,start_cycle,end_cycle,start_time_ns,end_time_ns,busy_cycles\n"
for unit in ["systolic", "vector", "npu", "pim", "dram", "link"]:
    for index in range(256):
        start, end = cycle * index // 256, cycle * (index + 1) // 256
        use += f"{unit},1,{start},{end},{start}.0,{end}.0,{random.randint(0, end - start)}\n"
write("generation",
      summary=SUMMARY + f"neupims,llama,chat,32,2000,300,1,off,{cycle},{cycle}.0,90000,2e4,0.5,0.2,0.3,0.1,300,0.3,900,10,sampled,t,0,1\n",
      operators=operators(["qkv", "logit", "softmax", "attend", "proj", "fc1"], 900), requests=requests, iterations=header + steps,
      utilization=use)

# Names that a careless page would run or be torn apart by.
bad = "<script>problems.push('ran')</script>\"'&"
long = "a-name-without-blanks-that-goes-on-and-on-" * 6
write("odd",
      summary=SUMMARY + f"{quoted(bad)},{quoted(long)},{quoted(bad)},1,1,2,2,dataflow,90000,1e300,1,5e-324,1,1,1,1,1,1,1e-30,1,exact,{quoted(long)},{quoted(bad)},{quoted(bad)}\n",
      operators=operators([bad, long, "\u6f22\u5b57", "x"], 40),
      machine="figure,value,unit,formula\nNPU peak,1e-9,TFLOPS,x\nmemory peak,1e12,GB/s," + quoted(bad) + "\n",
      energy=f"component,event,count,pJ_each,J,source,boundary\n{quoted(bad)},{quoted(long)},1,1,1e-12,{quoted(bad)},die\n{quoted(long)},x,1,1,1e9,s,die\n",
      utilization="unit,units,start_cycle,end_cycle,start_time_ns,end_time_ns,busy_cycles\n" + f"{quoted(bad)},1,0,10,0,10,99\n{quoted(long)},3,0,10,0,10,5\n",
      channels="channel,requests,tokens,memory_busy_cycles,pim_busy_cycles\n" + "".join(f"{quoted(long)},1,1,{index},2\n" for index in range(64)))

# A run of nothing.
write("empty", summary=SUMMARY + "m,m,w,1,1,1,1,off,0,0.0,0,0,0,0,0,0,0,0,0,0,,t,0,1\n", operators=OPERATORS,
      energy="component,event,count,pJ_each,J,source,boundary\n", requests="request\n",
      channels="channel,requests,tokens,memory_busy_cycles,pim_busy_cycles\n",
      utilization="unit,units,start_cycle,end_cycle,start_time_ns,end_time_ns,busy_cycles\n")
