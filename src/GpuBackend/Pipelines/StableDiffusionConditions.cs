using SimServe.GpuBackend.Masking.Denoisers;
using SimServe.GpuBackend.Models.UNets;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Pipelines;

/// <summary>What a U-Net is conditioned by, of what text encoders make of prompts.</summary>
internal static class StableDiffusionConditions
{
    /// <summary>Branches of one image, the negative one first, as everywhere.</summary>
    /// <param name="condition">Of all images.</param>
    /// <param name="image">Its number.</param>
    /// <param name="added">SDXL's, or <c>null</c>.</param>
    public static DenoiserCondition[] Branches(GuidedCondition condition, int image, AddedCondition? added)
    {
        DenoiserCondition Of(TextCondition text) => new()
        {
            Text = text.Text.narrow(0, image, 1),
            Pooled = text.Pooled?.narrow(0, image, 1),
            TimeIds = added?.TimeIds.narrow(0, 0, 1),
        };
        return condition.Negative is null ? [Of(condition.Positive)] : [Of(condition.Negative), Of(condition.Positive)];
    }

    /// <summary>SDXL's micro-conditioning (Podell et al., 2023, section 2.2), sizes and crop as numbers, for all rows; <c>null</c> for other models.</summary>
    /// <param name="text">The text encoders.</param>
    /// <param name="request">The request.</param>
    /// <param name="condition">What they made of it.</param>
    /// <param name="device">Where.</param>
    public static AddedCondition? Added(ITextConditioner text, ImageRequest request, GuidedCondition condition, Device device)
    {
        if (text is not StableDiffusionXLText)
        {
            return null;
        }

        var (height, width) = request.OriginalSize ?? (request.Height, request.Width);
        var (targetHeight, targetWidth) = request.TargetSize ?? (request.Height, request.Width);
        float[] ids = [height, width, request.CropTopLeft.Top, request.CropTopLeft.Left, targetHeight, targetWidth];
        var rows = condition.Rows;
        return new AddedCondition(rows.Pooled!, tensor(ids, device: device).unsqueeze(0).expand(rows.Text.shape[0], -1));
    }
}
