using SimServe.GpuBackend.Masking.Denoisers;
using SimServe.Policies;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Pipelines;

/// <summary>The template and the edits that a request asks of a UNet.</summary>
/// <remarks>
/// Noise is that of full inference, so that both can be compared; the template has the first image's. UNets of nine channels are shown the whole picture and an empty mask while it is
/// recorded. A latent pixel is masked when any pixel under it is; full inference looks at one of them, as diffusers does.
/// </remarks>
internal sealed class StableDiffusionReuse
{
    private readonly ImageRequest _request;
    private readonly LatentInpainting _inpainting;
    private readonly Tensor _image;
    private readonly Tensor? _context;
    private readonly EditMask _mask;

    /// <summary>Encodes the picture and draws the noise.</summary>
    public StableDiffusionReuse(ImageRequest request, LatentCodec codec, bool nineChannels, Device device, int firstStep)
    {
        (_request, FirstStep) = (request, firstStep);
        var source = request.Source!;
        var grid = new TokenGrid(request.Width / codec.Downscale, request.Height / codec.Downscale, codec.Downscale);
        long[] shape = [request.Count, codec.Channels, grid.Rows, grid.Columns];
        _inpainting = LatentInpainting.Of(request, codec, shape, nineChannels, device);
        _image = (_inpainting.Image?.narrow(0, 0, 1) ?? codec.Encode(source.Image)).to(device);
        _context = nineChannels ? cat([zeros(1, 1, grid.Rows, grid.Columns, device: device), _image], 1) : null;
        _mask = EditMask.FromPixels(grid, source.Mask);
        Shape = shape;
    }

    /// <summary>The first step that is taken.</summary>
    public int FirstStep { get; }

    private long[] Shape { get; }

    /// <summary>The noise of all images' steps, for schedulers that add some.</summary>
    public SharedStepNoise StepNoise() => new(() => _request.Noise.Draw(NoiseUse.Step, Shape).to(_image.device), _request.Count);

    /// <summary>The template.</summary>
    /// <param name="branches">What the picture shows.</param>
    public LatentTemplate Template(IReadOnlyList<DenoiserCondition> branches) => new()
    {
        Image = _image,
        Noise = _inpainting.Noise.narrow(0, 0, 1),
        Branches = branches,
        Guidance = _request.Guidance,
        Context = _context,
        // Where the template's own steps would lead is not asked: its latents are the noised picture's.
        StepNoise = () => zeros_like(_image),
        FirstStep = FirstStep,
    };

    /// <summary>An edit.</summary>
    /// <param name="image">Its number.</param>
    /// <param name="branches">What it shall show.</param>
    /// <param name="noise">The noise of steps.</param>
    public LatentEditRequest Edit(int image, IReadOnlyList<DenoiserCondition> branches, SharedStepNoise noise) => new()
    {
        Mask = _mask,
        Branches = branches,
        Guidance = _request.Guidance,
        Noise = _inpainting.Noise.narrow(0, image, 1),
        Context = _inpainting.ContextOf(image),
        StepNoise = () => noise.Next(image),
    };
}
