namespace SimServe.GpuBackend.Models;

/// <summary>Every published model by its name: what can be simulated from configurations alone.</summary>
public static class PublishedModels
{
    private const int ClipTokens = 77;
    private const string ClipL = "clip-l-text-encoder";
    private const string BigG = "openclip-bigg-text-encoder";
    private const string T5 = "t5-xxl-text-encoder";

    /// <summary>The models.</summary>
    public static IReadOnlyList<PublishedModel> All { get; } =
    [
        UNet("sd15", "Stable Diffusion 1.5", side: 512, "sd-vae", ClipL),
        UNet("sd21", "Stable Diffusion 2.1", side: 768, "sd-vae", "openclip-h-text-encoder"),
        UNet("sdxl", "Stable Diffusion XL 1.0", side: 1024, "sdxl-vae", ClipL, BigG),
        Flux("flux-dev", "FLUX.1-dev", steps: 28, textTokens: 512),
        Flux("flux-schnell", "FLUX.1-schnell", steps: 4, textTokens: 256),
        StableDiffusion3("sd3-medium", "Stable Diffusion 3 medium", steps: 28),
        StableDiffusion3("sd35-medium", "Stable Diffusion 3.5 medium", steps: 40),
        StableDiffusion3("sd35-large", "Stable Diffusion 3.5 large", steps: 28),
        new()
        {
            Name = "dit-xl-2-256",
            Title = "DiT-XL/2",
            Side = 256,
            Steps = 250,
            Branches = 2,
            Denoiser = "dit-xl-2-256-transformer",
            Autoencoder = "sd-vae",
            TextEncoders = [],
            TextTokens = 0,
        },
    ];

    /// <summary>The names.</summary>
    public static IEnumerable<string> Names => All.Select(static model => model.Name);

    /// <summary>A model by its name.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="ArgumentException">The name is unknown.</exception>
    public static PublishedModel Find(string name) => All.FirstOrDefault(model => model.Name == name)
        ?? throw new ArgumentException($"There is no published model '{name}'; there are: {string.Join(", ", Names)}.", nameof(name));

    private static PublishedModel UNet(string name, string title, int side, string autoencoder, params string[] encoders) => new()
    {
        Name = name,
        Title = title,
        Side = side,
        Steps = 50,
        Branches = 2,
        Denoiser = $"{name}-unet",
        Autoencoder = autoencoder,
        TextEncoders = [.. encoders.Select(static encoder => (encoder, ClipTokens))],
        TextTokens = ClipTokens,
    };

    private static PublishedModel Flux(string name, string title, int steps, int textTokens) => new()
    {
        Name = name,
        Title = title,
        Side = 1024,
        Steps = steps,
        Branches = 1,
        Denoiser = $"{name}-transformer",
        Autoencoder = "flux-vae",
        TextEncoders = [(ClipL, ClipTokens), (T5, textTokens)],
        TextTokens = textTokens,
    };

    private static PublishedModel StableDiffusion3(string name, string title, int steps)
    {
        const int T5Tokens = 256;
        return new()
        {
            Name = name,
            Title = title,
            Side = 1024,
            Steps = steps,
            Branches = 2,
            Denoiser = $"{name}-transformer",
            Autoencoder = "sd3-vae",
            TextEncoders = [("clip-l-projected-text-encoder", ClipTokens), (BigG, ClipTokens), (T5, T5Tokens)],
            TextTokens = ClipTokens + T5Tokens,
        };
    }
}
