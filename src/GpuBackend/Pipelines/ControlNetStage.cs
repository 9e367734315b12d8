using SimServe.GpuBackend.Models.ControlNets;
using SimServe.GpuBackend.Models.UNets;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Pipelines;

/// <summary>The ControlNets of one request with their embedded pictures: embedded once, used at every step.</summary>
internal sealed class ControlNetStage
{
    private readonly List<(ControlNetModel Net, ControlInput Input, Tensor Condition)> _controls = [];

    /// <summary>Embeds the pictures of a request.</summary>
    /// <param name="nets">The pipeline's nets.</param>
    /// <param name="request">The request.</param>
    public ControlNetStage(IReadOnlyList<ControlNetModel> nets, ImageRequest request)
    {
        foreach (var input in request.Controls)
        {
            var net = nets[input.Net];
            using var pixels = PixelTensors.Of(input.Image);
            _controls.Add((net, input, net.EmbedCondition(pixels.to(net.Weights.Type, net.Weights.Device))));
        }
    }

    /// <summary>The summed residuals of the nets that act at a step, or <c>null</c> when none does.</summary>
    /// <param name="unet">The UNet's input at this step.</param>
    /// <param name="step">Number of the step among those taken, from 0.</param>
    /// <param name="steps">Steps taken in all.</param>
    public ControlResiduals? Residuals(UNetInput unet, int step, int steps)
    {
        List<ControlResiduals> residuals = [];
        foreach (var (net, input, condition) in _controls)
        {
            if (input.ActsAt(step, steps))
            {
                residuals.Add(net.Forward(unet, condition.expand(unet.Sample.shape[0], -1, -1, -1), input.Scale, guessMode: false));
            }
        }

        return residuals.Count == 0 ? null : ControlResiduals.Sum(residuals);
    }

    /// <summary>Everything that is wrong with a request's pictures.</summary>
    /// <param name="nets">ControlNets of the pipeline.</param>
    /// <param name="request">The request.</param>
    public static IEnumerable<string> Faults(int nets, ImageRequest request)
    {
        foreach (var input in request.Controls)
        {
            if (input.Net < 0 || input.Net >= nets)
            {
                yield return $"a control picture is for net {input.Net}, but there are {nets}";
            }

            if ((input.Image.Width, input.Image.Height) != (request.Width, request.Height))
            {
                yield return $"a control picture is {input.Image.Width}x{input.Image.Height} pixels but must be {request.Width}x{request.Height}, as the image";
            }

            if (!double.IsFinite(input.Scale) || !(input.Start >= 0 && input.Start < input.End && input.End <= 1))
            {
                yield return $"a control has scale {input.Scale}, start {input.Start} and end {input.End}; scale must be a number and 0 <= start < end <= 1";
            }
        }
    }
}
