using SimServe.GpuBackend.Adapters;

namespace SimServe.GpuBackend.Tests.Adapters;

public sealed class LoraKeyTests
{
    [TestCase("unet.mid_block.attn1.to_q.lora_A.weight", "Denoiser", "unet", "mid_block.attn1.to_q", "Down")]
    [TestCase("unet.mid_block.attn1.to_out.0.lora_B.weight", "Denoiser", "unet", "mid_block.attn1.to_out.0", "Up")]
    [TestCase("unet.base_model.model.conv_in.lora_A.default.weight", "Denoiser", "unet", "conv_in", "Down")]
    [TestCase("base_model.model.conv_in.lora_B.weight", "Denoiser", "", "conv_in", "Up")]
    [TestCase("conv_in.lora.down.weight", "Denoiser", "", "conv_in", "Down")]
    [TestCase("transformer.proj_out.lora_A.weight", "Denoiser", "transformer", "proj_out", "Down")]
    [TestCase("transformer.proj_out.alpha", "Denoiser", "transformer", "proj_out", "Alpha")]
    [TestCase("transformer_blocks.0.attn.to_q.lora_A.weight", "Denoiser", "", "transformer_blocks.0.attn.to_q", "Down")]
    [TestCase("diffusion_model.double_blocks.0.img_attn.qkv.lora_up.weight", "Denoiser", "diffusion_model", "double_blocks.0.img_attn.qkv", "Up")]
    [TestCase("text_encoder.text_model.encoder.layers.0.mlp.fc1.lora_linear_layer.down.weight", "TextEncoder", "text_encoder", "text_model.encoder.layers.0.mlp.fc1", "Down")]
    [TestCase("text_encoder_2.text_projection.lora_A.weight", "TextEncoder2", "text_encoder_2", "text_projection", "Down")]
    [TestCase("unet.x.attn1.processor.to_out_lora.up.weight", "Denoiser", "unet", "x.attn1.to_out.0", "Up")]
    [TestCase("unet.x.attn1.processor.to_k.lora.down.weight", "Denoiser", "unet", "x.attn1.to_k", "Down")]
    [TestCase("text_encoder.layers.0.self_attn.to_out_lora.down.weight", "TextEncoder", "text_encoder", "layers.0.self_attn.out_proj", "Down")]
    [TestCase("text_encoder.layers.0.self_attn.to_v_lora.up.weight", "TextEncoder", "text_encoder", "layers.0.self_attn.v_proj", "Up")]
    [TestCase("lora_unet_mid_block_resnets_0_conv1.lora_down.weight", "Denoiser", "lora_unet", "mid_block_resnets_0_conv1", "Down")]
    [TestCase("lora_transformer_proj_out.lora_up.weight", "Denoiser", "lora_transformer", "proj_out", "Up")]
    [TestCase("lora_te_text_model_x.alpha", "TextEncoder", "lora_te", "text_model_x", "Alpha")]
    [TestCase("lora_te1_text_model_x.lora_up.weight", "TextEncoder", "lora_te1", "text_model_x", "Up")]
    [TestCase("lora_te2_text_model_x.lora_up.weight", "TextEncoder2", "lora_te2", "text_model_x", "Up")]
    public void Parse_knows_every_dialect(string key, string part, string prefix, string module, string tensor) =>
        Assert.That(LoraKey.Parse(key), Is.EqualTo(new LoraKey(Enum.Parse<ModelPart>(part), prefix, module, Enum.Parse<LoraTensor>(tensor))));

    [TestCase("lora_unet_x.dora_scale", "DoRA")]
    [TestCase("unet.x.lora_magnitude_vector", "DoRA")]
    [TestCase("unet.x.lora_magnitude_vector.weight", "DoRA")]
    [TestCase("lora_unet_x.hada_w1_a", "LoHa")]
    [TestCase("lora_unet_x.lokr_w2", "LoKr")]
    [TestCase("lora_unet_x.lora_mid.weight", "Tucker")]
    [TestCase("lora_unet_x.oft_diag", "OFT")]
    [TestCase("unet.x.lora_B.bias", "bias")]
    [TestCase("lora_unet_x.diff_b", "difference")]
    [TestCase("unet.x.weight", "no known")]
    [TestCase("lora_A.weight", "no known")]
    [TestCase("unet.lora_A.weight", "no known")]
    [TestCase("", "no known")]
    public void Parse_refuses_other_keys_and_says_what_they_are(string key, string fault)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(LoraKey.Parse(key), Is.Null);
            Assert.That(LoraKey.Fault(key), Does.Contain(fault));
        }
    }
}
