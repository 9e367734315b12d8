using System.Globalization;
using SimServe.GpuBackend.Pipelines;
using SimServe.GpuBackend.Tests.Golden;
using SimServe.Policies;

namespace SimServe.GpuBackend.Tests.Pipelines;

/// <summary>Serving does not leak: neither tensors nor native memory.</summary>
[Category("Golden")]
public sealed class MemorySoakTests
{
    private const int Windows = 3;
    private const int RequestsPerWindow = 400;
    private const int WarmUp = 100;

    // Allocators keep some pages and the managed heap moves a little; a leak of one latent per request would be larger.
    private const long Slack = 10L << 20;

    [Test]
    public void Hundreds_of_requests_leave_memory_where_it_was()
    {
        using var pipeline = PipelineFactory.Open(Path.Combine(GoldenFolder.Location, "pipeline_sd_inpaint"), new PipelineOptions { Scheduler = "dpmpp-2m" });
        var source = new InpaintSource { Image = Pictures.Random(new RandomStream(1, "input"), 32, 32), Mask = Pictures.Middle(32, 32) };
        for (var i = 0; i < WarmUp; i++)
        {
            Serve(pipeline, source, i);
        }

        var tensors = LiveTensors.Settled();
        var least = long.MaxValue;
        for (var window = 0; window < Windows; window++)
        {
            // Code is still being compiled and buffers grow at first; a leak shows in every window.
            var bytes = ResidentBytes();
            for (var i = 0; i < RequestsPerWindow; i++)
            {
                Serve(pipeline, source, i);
            }

            var grown = ResidentBytes() - bytes;
            TestContext.Out.WriteLine($"{RequestsPerWindow} requests: resident memory grew by {grown / 1024.0 / 1024:0.0} MiB");
            least = Math.Min(least, grown);
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That(LiveTensors.Count(), Is.EqualTo(tensors), "tensors left over");
            Assert.That(least, Is.LessThan(Slack));
        }
    }

    private static void Serve(IDiffusionPipeline pipeline, InpaintSource source, int number)
    {
        using var noise = new SeededNoise(number, 1);
        using var result = pipeline.Run(new ImageRequest
        {
            Prompts = [$"request number {number}"],
            Width = 32,
            Height = 32,
            Steps = 2,
            Guidance = 2,
            Noise = noise,
            Source = source,
        });
    }

    // Native and managed memory of this process that is in the machine's memory.
    private static long ResidentBytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var line = File.ReadLines("/proc/self/status").First(static line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
