using System.Text.Json;
using SimServe.GpuBackend.ModelFiles;
using SimServe.GpuBackend.Models.Autoencoders;
using SimServe.GpuBackend.Models.Flux;
using SimServe.GpuBackend.Models.TextEncoders;
using SimServe.GpuBackend.Training;
using SimServe.GpuBackend.Weights;
using static TorchSharp.torch;

namespace SimServe.GpuBackend.Tests;

/// <summary>A Flux pipeline's folder as diffusers saves it, for 64x64 pixels, with small parts of seeded weights; deleted in the end.</summary>
internal sealed class TinyFluxFolder : IDisposable
{
    private readonly DirectoryInfo _parent = Directory.CreateTempSubdirectory("simserve-flux-");

    public TinyFluxFolder(long seed = 3)
    {
        Location = Path.Combine(_parent.FullName, "tiny-flux");
        Directory.CreateDirectory(Location);
        WriteIndex("FluxPipeline");
        Write("scheduler/scheduler_config.json", new { _class_name = "FlowMatchEulerDiscreteScheduler", num_train_timesteps = 1000, shift = 1.5, use_dynamic_shifting = false });
        SceneTokenizers.WriteClip(PathOf("tokenizer"));
        SceneTokenizers.WriteT5(PathOf("tokenizer_2"));
        var clip = ReadBack("text_encoder", new
        {
            architectures = new[] { "CLIPTextModel" }, vocab_size = SceneTokenizers.ClipCount, eos_token_id = SceneTokenizers.ClipCount - 1, hidden_size = 16, intermediate_size = 32,
            num_attention_heads = 2, num_hidden_layers = 1, max_position_embeddings = SceneTokenizers.ClipLength, hidden_act = "quick_gelu",
        });
        Save("text_encoder", "model", seed, weights => new ClipTextModel(ClipTextConfig.Read(clip), weights));
        var t5 = ReadBack("text_encoder_2", new
        {
            architectures = new[] { "T5EncoderModel" }, vocab_size = SceneTokenizers.T5Count, d_model = 24, d_kv = 8, d_ff = 32, num_heads = 2, num_layers = 1,
            feed_forward_proj = "gated-gelu", relative_attention_num_buckets = 8, relative_attention_max_distance = 16,
        });
        Save("text_encoder_2", "model", seed, weights => new T5EncoderModel(T5EncoderConfig.Read(t5), weights));
        var vae = ReadBack("vae", new
        {
            _class_name = "AutoencoderKL", latent_channels = 2, block_out_channels = new[] { 8, 8, 8 }, layers_per_block = 1, norm_num_groups = 4, mid_block_add_attention = false,
            use_quant_conv = false, use_post_quant_conv = false, scaling_factor = 0.6, shift_factor = 0.1, force_upcast = true,
            down_block_types = Enumerable.Repeat("DownEncoderBlock2D", 3), up_block_types = Enumerable.Repeat("UpDecoderBlock2D", 3),
        });
        Save("vae", "diffusion_pytorch_model", seed, weights => new AutoencoderKL(AutoencoderConfig.Read(vae), weights));
        var transformer = ReadBack("transformer", new
        {
            _class_name = "FluxTransformer2DModel", in_channels = 8, num_layers = 2, num_single_layers = 2, num_attention_heads = 2, attention_head_dim = 16,
            axes_dims_rope = new[] { 4, 6, 6 }, joint_attention_dim = 24, pooled_projection_dim = 16, guidance_embeds = false,
        });
        Save("transformer", "diffusion_pytorch_model", seed, weights => new FluxTransformer2DModel(FluxTransformerConfig.Read(transformer), weights));
    }

    public string Location { get; }

    public string PathOf(string name) => Path.Combine(Location, name);

    public void WriteIndex(string pipeline) => Write("model_index.json", new Dictionary<string, object>
    {
        ["_class_name"] = pipeline,
        ["_default_size"] = 64,
        ["scheduler"] = Part("diffusers", "FlowMatchEulerDiscreteScheduler"),
        ["text_encoder"] = Part("transformers", "CLIPTextModel"),
        ["text_encoder_2"] = Part("transformers", "T5EncoderModel"),
        ["tokenizer"] = Part("transformers", "CLIPTokenizer"),
        ["tokenizer_2"] = Part("transformers", "T5Tokenizer"),
        ["transformer"] = Part("diffusers", "FluxTransformer2DModel"),
        ["vae"] = Part("diffusers", "AutoencoderKL"),
    });

    public void Write(string name, object content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllText(PathOf(name), JsonSerializer.Serialize(content));
    }

    public void Dispose() => _parent.Delete(recursive: true);

    private static string[] Part(string library, string name) => [library, name];

    private ConfigFile ReadBack(string part, object config)
    {
        Write($"{part}/config.json", config);
        return ConfigFile.Open(PathOf($"{part}/config.json"));
    }

    private void Save(string part, string file, long seed, Func<WeightStore, IDisposable> build)
    {
        var weights = WeightStore.Seeded(seed, ScalarType.Float32, CPU);
        using var model = build(weights);
        SafetensorsWriter.Write(PathOf($"{part}/{file}.safetensors"), weights.All.ToDictionary(static pair => pair.Key, static pair => pair.Value.Original));
    }
}
