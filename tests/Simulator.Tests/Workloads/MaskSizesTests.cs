using SimServe.Policies;
using SimServe.Simulator.Workloads;

namespace SimServe.Simulator.Tests.Workloads;

public sealed class MaskSizesTests
{
    // Through the public builder: sizes without shapes against the quantile function itself.
    [TestCase("production")]
    [TestCase("inpaint")]
    [TestCase("constant:0.2")]
    [TestCase("uniform:0..1")]
    public void A_size_is_that_of_the_quantile_function(string name)
    {
        const int Requests = 100_000;
        var grid = new TokenGrid(64, 64, 16);
        var (ratios, masks) = (MaskRatios.Parse(name), new RandomStream(9, "masks"));
        var source = new WorkloadBuilder(new WorkloadOptions { Requests = Requests, RequestsPerSecond = 1, MaskRatios = name, MaskShapes = false }, grid).Stream(9);
        var different = 0;
        while (source.TryNext(out var request))
        {
            different += request.Mask.MaskedTokens == MaskShapes.TokensFor(ratios.Sample(masks), grid) ? 0 : 1;
        }

        Assert.That(different, Is.Zero);
    }
}
